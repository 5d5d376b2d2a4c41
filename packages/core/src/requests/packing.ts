/**
 * A session id as it lies in Redis: a canonical UUID in 16 bytes (18 with the list's overhead, where its text takes 38), any
 * other id as a marker byte and its UTF-8 text. Two markers keep a text from being 16 bytes long.
 */
export const packedUuidBytes = 16;
/** Room for any id: 255 UTF-16 units of at most 3 bytes, and two markers. */
export const maxPackedBytes = 255 * 3 + 2;

const marker = 1;
const longMarker = 2;

/** Writes an id that `itemFault` lets through; answers with its length in bytes. `target` has room for `maxPackedBytes`. */
export function packSessionId(id: string, target: Buffer, at: number): number {
  if (packUuid(id, target, at)) return packedUuidBytes;
  const length = target.write(id, at + 1, 'utf8');
  if (length + 1 !== packedUuidBytes) {
    target[at] = marker;
    return length + 1;
  }
  target.copyWithin(at + 2, at + 1, at + 1 + length);
  target.fill(longMarker, at, at + 2);
  return length + 2;
}

/** The same in a buffer of its own. */
export function packedSessionId(id: string): Buffer {
  const room = Buffer.allocUnsafe(maxPackedBytes);
  return room.subarray(0, packSessionId(id, room, 0));
}

const hexDigits = new Int8Array(128).fill(-1);
for (const [value, digit] of Buffer.from('0123456789abcdef').entries()) hexDigits[digit] = value;
const hyphen = 0x2d;
/** Where in a UUID's text the two digits of each byte stand. */
const digitPairs = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** Writes a canonical (lower-case, hyphenated) UUID; answers false when the text is none, and leaves anything there. */
export function packUuid(text: string, target: Uint8Array, at: number): boolean {
  if (text.length !== 36 || text.charCodeAt(8) !== hyphen || text.charCodeAt(13) !== hyphen) return false;
  if (text.charCodeAt(18) !== hyphen || text.charCodeAt(23) !== hyphen) return false;
  let faults = 0;
  for (let i = 0; i < packedUuidBytes; i += 1) {
    const pair = digitPairs[i] ?? 0;
    const high = hexDigits[text.charCodeAt(pair)] ?? -1;
    const low = hexDigits[text.charCodeAt(pair + 1)] ?? -1;
    faults |= high | low;
    target[at + i] = (high << 4) | low;
  }
  // Only a fault is negative.
  return faults >= 0;
}

export function unpackSessionId(packed: Buffer): string {
  if (packed.length !== packedUuidBytes) return packed.toString('utf8', packed[0] === longMarker ? 2 : 1);
  const hex = packed.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
