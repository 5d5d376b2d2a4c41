import { isUtf8 } from 'node:buffer';
import { maxLineBytes } from '../journal/entry-line.ts';

export interface Line {
  /** Empty where the bytes are no UTF-8 or too many: no record either. */
  text: string;
  /** With its end. */
  bytes: number;
  /** The last line may be torn. */
  isEnded: boolean;
}

const newline = 0x0a;

/** Cuts bytes into lines, and keeps no more than one of them. */
export async function* readLines(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Line> {
  const line = new OpenLine();
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      line.add(chunk.subarray(from, end));
      yield line.take(true);
      from = end + 1;
    }
    line.add(chunk.subarray(from));
  }
  if (line.bytes > 0) yield line.take(false);
}

class OpenLine {
  bytes = 0;
  #parts: Buffer[] = [];

  add(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes <= maxLineBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  take(isEnded: boolean): Line {
    const content = Buffer.concat(this.#parts);
    const line = { text: isUtf8(content) ? content.toString() : '', bytes: this.bytes + (isEnded ? 1 : 0), isEnded };
    this.bytes = 0;
    this.#parts = [];
    return line;
  }
}
