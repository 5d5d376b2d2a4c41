/** Length of a UUID as text (RFC 9562), in bytes and characters. */
export const uuidTextBytes = 36;
/** Length of a UUID as bytes. */
export const uuidBytes = 16;

const dash = 0x2d;
const digits = Buffer.from('0123456789abcdef');
/** The value of a lower-case hex digit by its character; -1 for any other. */
const valueOfDigit = new Int8Array(256).fill(-1);
for (const [value, digit] of digits.entries()) valueOfDigit[digit] = value;

/**
 * Writes the canonical (lower-case) UUID whose text is at `from` into 16 bytes at `to`. False when there is no such
 * text; what lies at `to` is undefined then.
 */
export function packUuid(text: Uint8Array, from: number, packed: Uint8Array, to: number): boolean {
  if (text[from + 8] !== dash || text[from + 13] !== dash) return false;
  if (text[from + 18] !== dash || text[from + 23] !== dash) return false;
  // Negative where a digit is none.
  const all =
    packDigits(text, from, packed, to, 4) |
    packDigits(text, from + 9, packed, to + 4, 2) |
    packDigits(text, from + 14, packed, to + 6, 2) |
    packDigits(text, from + 19, packed, to + 8, 2) |
    packDigits(text, from + 24, packed, to + 10, 6);
  return all >= 0;
}

/** Writes the text of the UUID in the 16 bytes at `from` to `to`. */
export function unpackUuid(packed: Uint8Array, from: number, text: Uint8Array, to: number): void {
  unpackDigits(packed, from, text, to, 4);
  text[to + 8] = dash;
  unpackDigits(packed, from + 4, text, to + 9, 2);
  text[to + 13] = dash;
  unpackDigits(packed, from + 6, text, to + 14, 2);
  text[to + 18] = dash;
  unpackDigits(packed, from + 8, text, to + 19, 2);
  text[to + 23] = dash;
  unpackDigits(packed, from + 10, text, to + 24, 6);
}

function packDigits(text: Uint8Array, from: number, packed: Uint8Array, to: number, bytes: number): number {
  let all = 0;
  for (let i = 0; i < bytes; i += 1) {
    const high = valueOfDigit[text[from + 2 * i] ?? 0] ?? -1;
    const low = valueOfDigit[text[from + 2 * i + 1] ?? 0] ?? -1;
    all |= high | low;
    packed[to + i] = (high << 4) | low;
  }
  return all;
}

function unpackDigits(packed: Uint8Array, from: number, text: Uint8Array, to: number, bytes: number): void {
  for (let i = 0; i < bytes; i += 1) {
    const byte = packed[from + i] ?? 0;
    text[to + 2 * i] = digits[byte >> 4] ?? 0;
    text[to + 2 * i + 1] = digits[byte & 15] ?? 0;
  }
}
