import type { Readable } from 'node:stream';

export interface Line {
  /** From 1. */
  number: number;
  /** `undefined` for a line that is longer than any may be; none of it is kept. */
  text: string | undefined;
}

const newline = 10;

/** The lines of a stream, in UTF-8, whatever their ends, those of a piece at a time; blank ones are passed over. */
export async function* linesOf(stream: Readable, maxBytes: number): AsyncGenerator<Line[]> {
  const cutter = new Cutter(maxBytes);
  const pieces: AsyncIterable<Buffer> = stream;
  for await (const piece of pieces) yield cutter.take(piece);
  yield cutter.end();
}

class Cutter {
  readonly #maxBytes: number;
  /** What has come of a line that goes on in the next piece. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, from)) {
      this.#add(piece.subarray(from, at));
      from = at + 1;
      this.#endLine(lines);
    }
    this.#add(piece.subarray(from));
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    this.#endLine(lines);
    return lines;
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #endLine(lines: Line[]): void {
    this.#number += 1;
    const text = this.#bytes > this.#maxBytes ? undefined : this.#text().trim();
    this.#parts = [];
    this.#bytes = 0;
    if (text !== '') lines.push({ number: this.#number, text });
  }

  #text(): string {
    const [first, ...more] = this.#parts;
    if (first === undefined) return '';
    const text = (more.length === 0 ? first : Buffer.concat(this.#parts)).toString('utf8');
    return this.#number === 1 ? text.replace(/^\ufeff/, '') : text;
  }
}
