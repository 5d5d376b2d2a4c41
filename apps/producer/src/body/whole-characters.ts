import { isUtf8 } from 'node:buffer';

const none = Buffer.alloc(0);
const maxCharacterBytes = 4;

/** Cuts UTF-8 that comes in pieces anew, so that each piece holds whole characters, and stops at what is not UTF-8. */
export class WholeCharacters {
  private broken = false;
  /** The beginning of a character whose end has not come yet. */
  private begun: Buffer = none;

  /** Whether bytes that are not UTF-8 stand right behind what was handed out. */
  get isBroken(): boolean {
    return this.broken;
  }

  /** The characters that are whole by now, up to the first that is none. */
  next(piece: Buffer): Buffer {
    if (this.broken) return none;
    const bytes = this.begun.length === 0 ? piece : Buffer.concat([this.begun, piece]);
    const whole = bytes.subarray(0, endOfWhole(bytes));
    this.broken = !isUtf8(whole);
    if (this.broken) return whole.subarray(0, endOfGood(whole));
    // A copy, since the piece may be overwritten.
    this.begun = whole.length === bytes.length ? none : Buffer.from(bytes.subarray(whole.length));
    return whole;
  }

  /** No more pieces come. */
  end(): void {
    this.broken ||= this.begun.length > 0;
  }
}

/** Where the last character begins if it is cut off, else the length. */
function endOfWhole(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - maxCharacterBytes + 1);
  for (let at = bytes.length - 1; at >= first; at -= 1) {
    const byte = bytes[at] ?? 0;
    const continues = byte >= 0x80 && byte < 0xc0;
    if (!continues) return at + characterBytes(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function endOfGood(bytes: Buffer): number {
  let at = 0;
  for (;;) {
    const next = at + characterBytes(bytes[at] ?? 0);
    if (next > bytes.length || !isUtf8(bytes.subarray(at, next))) return at;
    at = next;
  }
}

/** How long the character is that begins with this byte, if one does. */
function characterBytes(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
