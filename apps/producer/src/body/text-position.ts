import { isAscii } from 'node:buffer';

const newline = 0x0a;
/** How far back a place may be asked for: more than a field's name has. */
export const maxLookBackBytes = 2_048;

/**
 * Says where a byte of a text stands, as a person looks for it, although the text before it is gone: line, column in
 * characters (of UTF-16, as editors and JavaScript count) and byte.
 */
export class TextPosition {
  private passed = 0;
  private lines = 1;
  private columns = 0;
  /** The last bytes passed. */
  private tail: Buffer = Buffer.alloc(0);

  get bytes(): number {
    return this.passed;
  }

  /** Goes past the next piece of the text, which ends between characters. */
  pass(piece: Buffer): void {
    this.passed += piece.length;
    let lineStart = 0;
    for (let at = piece.indexOf(newline); at !== -1; at = piece.indexOf(newline, lineStart)) {
      lineStart = at + 1;
      this.lines += 1;
      this.columns = 0;
    }
    this.columns += charactersIn(piece.subarray(lineStart));
    const last = piece.subarray(-maxLookBackBytes);
    const before = this.tail.subarray(Math.max(0, this.tail.length + last.length - maxLookBackBytes));
    this.tail = Buffer.concat([before, last]);
  }

  /**
   * The place of a byte of the line that was passed last, for example `line 3, column 14 (byte 57)`; lines and columns
   * count from 1, bytes from 0.
   */
  describe(byte: number): string {
    const since = this.tail.subarray(Math.max(0, this.tail.length - (this.passed - byte)));
    return `line ${this.lines}, column ${this.columns - charactersIn(since) + 1} (byte ${byte})`;
  }
}

function charactersIn(text: Buffer): number {
  return isAscii(text) ? text.length : text.toString('utf8').length;
}
