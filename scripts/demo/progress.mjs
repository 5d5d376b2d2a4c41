import { duration } from '../terminal/step.mjs';
import { bold, dim, green } from '../terminal/style.mjs';

/**
 * @typedef {object} ProgressRow
 * @property {string} name
 * @property {number} done
 * @property {number} total
 */

const barWidth = 30;

/**
 * One line of progress, without colours.
 * @param {ProgressRow} row
 */
export function progressLine({ name, done, total }) {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const numbers = `${done.toLocaleString('en')} / ${total.toLocaleString('en')}`;
  return `${name.padEnd(14)} ${bar} ${`${Math.floor(share * 100)} %`.padStart(5)}  ${numbers}`;
}

/**
 * Shows progress: bars that move in place on a terminal, elsewhere a line every few seconds.
 */
export class ProgressBars {
  #stream;
  #begin = performance.now();
  #drawnLines = 0;
  #nextLineAt = 0;
  #everyMs;

  /**
   * @param {{ isTTY?: boolean | undefined, write: (text: string) => unknown }} [stream]
   * @param {{ everyMs?: number }} [options] pause between two lines where it is no terminal
   */
  constructor(stream = process.stdout, { everyMs = 5_000 } = {}) {
    this.#stream = stream;
    this.#everyMs = everyMs;
  }

  /** @param {readonly ProgressRow[]} rows */
  show(rows) {
    const elapsed = performance.now() - this.#begin;
    if (this.#stream.isTTY) this.#draw(rows, elapsed);
    else this.#writeNowAndThen(rows, elapsed);
  }

  /**
   * Shows the last state for good.
   * @param {readonly ProgressRow[]} rows
   */
  finish(rows) {
    this.#nextLineAt = 0;
    this.show(rows);
  }

  /**
   * @param {readonly ProgressRow[]} rows
   * @param {number} elapsed
   */
  #draw(rows, elapsed) {
    const lines = rows.map((row) => {
      const line = progressLine(row);
      return row.done >= row.total ? green(line) : bold(line);
    });
    lines.push(dim(`${''.padEnd(14)} ${duration(elapsed)}`));
    const up = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A`;
    this.#stream.write(up + lines.map((line) => `\u001b[2K    ${line}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  /**
   * @param {readonly ProgressRow[]} rows
   * @param {number} elapsed
   */
  #writeNowAndThen(rows, elapsed) {
    if (elapsed < this.#nextLineAt) return;
    this.#nextLineAt = elapsed + this.#everyMs;
    const parts = rows.map(({ name, done, total }) => `${name} ${done}/${total}`);
    this.#stream.write(`    ${duration(elapsed).padStart(7)}  ${parts.join('   ')}\n`);
  }
}
