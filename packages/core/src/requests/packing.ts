/**
 * A session id as it lies in Redis: a canonical UUID in 16 bytes (18 with the list's overhead, where its text takes 38), any
 * other id as a marker byte and its UTF-8 text. Two markers keep a text from being 16 bytes long.
 */
const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const packedUuidBytes = 16;
const marker = Buffer.from([1]);
const longMarker = Buffer.from([2, 2]);

export function packSessionId(id: string): Buffer {
  if (id.length === 36 && canonicalUuid.test(id)) {
    return Buffer.from(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24), 'hex');
  }
  const text = Buffer.from(id, 'utf8');
  return Buffer.concat([text.length + 1 === packedUuidBytes ? longMarker : marker, text]);
}

export function unpackSessionId(packed: Buffer): string {
  if (packed.length !== packedUuidBytes) return packed.toString('utf8', packed[0] === 2 ? 2 : 1);
  const hex = packed.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
