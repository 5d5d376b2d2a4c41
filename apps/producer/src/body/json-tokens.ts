import { JsonFault } from './json-fault.ts';

const quote = 0x22;
const backslash = 0x5c;
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const simpleEscapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/** The byte after the spaces at `at`. */
export function skipSpace(text: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = text[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next += 1;
  }
}

/** The byte after the string that begins with the quote at `at`. */
export function skipString(text: Buffer, at: number): number {
  let next = at + 1;
  for (;;) {
    const byte = text[next];
    if (byte === quote) return next + 1;
    if (byte === undefined) throw new JsonFault(next, 'the text ends within a string');
    if (byte < 0x20) throw new JsonFault(next, 'a control character in a string must be escaped');
    next = byte === backslash ? skipEscape(text, next) : next + 1;
  }
}

function skipEscape(text: Buffer, at: number): number {
  const escaped = text[at + 1];
  if (escaped !== undefined && simpleEscapes.has(escaped)) return at + 2;
  if (escaped === 0x75 && [2, 3, 4, 5].every((n) => isHexDigit(text[at + n]))) return at + 6;
  throw new JsonFault(at, 'an unknown escape in a string');
}

/** The byte after `true`, `false`, `null` or the number at `at`. */
export function skipScalar(text: Buffer, at: number): number {
  const first = text[at];
  if (first === 0x2d || isDigit(first)) return skipNumber(text, at);
  for (const literal of literals) {
    if (text.subarray(at, at + literal.length).equals(literal)) return at + literal.length;
  }
  throw new JsonFault(at, at === text.length ? 'the text ends too early' : 'a value is expected');
}

function skipNumber(text: Buffer, at: number): number {
  let next = text[at] === 0x2d ? at + 1 : at;
  next = text[next] === 0x30 ? next + 1 : skipDigits(text, next);
  if (text[next] === 0x2e) next = skipDigits(text, next + 1);
  if (text[next] === 0x65 || text[next] === 0x45) {
    const sign = text[next + 1] === 0x2b || text[next + 1] === 0x2d ? 1 : 0;
    next = skipDigits(text, next + 1 + sign);
  }
  return next;
}

/** At least one digit. */
function skipDigits(text: Buffer, at: number): number {
  if (!isDigit(text[at])) throw new JsonFault(at, 'a digit is expected');
  let next = at + 1;
  while (isDigit(text[next])) next += 1;
  return next;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
