import stringWidth from 'string-width';
import { columnsOf, type Output } from '../terminal.ts';
import { cut } from './cut.ts';

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[J';

/** Lines at the end of a terminal that are painted over, whatever its width has become meanwhile. */
export class LiveLines {
  readonly #output: Output;
  #painted: string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  paint(lines: readonly string[]): void {
    const columns = columnsOf(this.#output);
    // What a terminal that became narrower has wrapped takes more rows than it has lines.
    const rows = this.#painted.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    const up = rows > 0 ? `\u001b[${rows}A` : hideCursor;
    this.#painted = lines.map((line) => cut(line, columns - 1));
    this.#output.write(`${up}\r${clearBelow}${this.#painted.join('\n')}\n`);
  }

  /** Leaves what is painted last where it is. Safe when nothing was. */
  end(): void {
    if (this.#painted.length > 0) this.#output.write(showCursor);
    this.#painted = [];
  }
}
