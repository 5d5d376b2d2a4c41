export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openObject = 0x7b;
export const closeObject = 0x7d;
export const openList = 0x5b;
export const closeList = 0x5d;

// What runs over every byte of a body: plain loops over the bytes at hand, each within their bounds: to read beyond them once
// makes V8 throw its optimised code away. Each returns where it stopped.

/** Past the spaces at `at`. */
export function skipSpace(text: Buffer, at: number): number {
  const end = text.length;
  let next = at;
  for (; next < end; next += 1) {
    const byte = text[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return next;
}

/** Past what stands for itself within a string: at a quote, a backslash or a control character. */
export function skipPlain(text: Buffer, at: number): number {
  const end = text.length;
  let next = at;
  for (; next < end; next += 1) {
    const byte = text[next] ?? 0;
    if (byte === quote || byte === backslash || byte < 0x20) break;
  }
  return next;
}

/** Past the digits at `at`. */
export function skipDigits(text: Buffer, at: number): number {
  const end = text.length;
  let next = at;
  while (next < end && isDigit(text[next] ?? 0)) next += 1;
  return next;
}

/** Whether this byte is at `at`, which may be beyond the end. */
export function isAt(text: Buffer, at: number, byte: number): boolean {
  return at < text.length && text[at] === byte;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** Whether `\` and this byte are an escape. */
export function isSimpleEscape(byte: number): boolean {
  return simpleEscapes.has(byte);
}

const simpleEscapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
