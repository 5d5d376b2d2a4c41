const equals = 0x3d;

const isBase64Digit = new Uint8Array(256);
for (const digit of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  isBase64Digit[digit] = 1;

/** Whether the bytes are ASCII without control characters. */
export function isPrintableAscii(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** Whether the bytes are base64 with its padding (RFC 4648, section 4). */
export function isPaddedBase64(bytes: Uint8Array, from: number, end: number): boolean {
  if ((end - from) % 4 !== 0) return false;
  let digitsEnd = end;
  if (bytes[digitsEnd - 1] === equals) digitsEnd -= 1;
  if (bytes[digitsEnd - 1] === equals) digitsEnd -= 1;
  for (let at = from; at < digitsEnd; at += 1) if (isBase64Digit[bytes[at] ?? 0] === 0) return false;
  return digitsEnd > from;
}
