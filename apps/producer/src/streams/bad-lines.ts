import { FaultList } from '../problems/field-faults.ts';

/** How many bad lines an answer names; the rest is counted. */
const maxNamed = 20;

export interface BadLine {
  line: number;
  reason: string;
}

/** The lines of a body, or its files, that hold no good item: counted, and the first named by number. No reason holds the text. */
export class BadLines {
  /** Those that are named. */
  readonly named: BadLine[] = [];
  private readonly word: 'line' | 'file';
  private bad = 0;

  constructor(word: 'line' | 'file') {
    this.word = word;
  }

  get count(): number {
    return this.bad;
  }

  add(line: number, reason: string): void {
    this.bad += 1;
    // Of the lines that come together, some are found bad before earlier ones.
    const after = this.named.findLastIndex((one) => one.line < line) + 1;
    if (after === maxNamed) return;
    this.named.splice(after, 0, { line, reason });
    if (this.named.length > maxNamed) this.named.pop();
  }

  /** Throws a 400 that names them when there are any. */
  throwIfAny(): void {
    const faults = new FaultList();
    for (const { line, reason } of this.named) faults.add(`${this.word} ${line}`, reason);
    faults.addUnnamed(this.bad - this.named.length);
    faults.throwIfAny();
  }
}
