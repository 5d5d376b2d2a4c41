import { cellsOf } from '../csv/cells.ts';
import { delimiterOf } from '../csv/delimiter.ts';
import { Problem } from '../problems/problem.ts';
import type { BadLines } from './bad-lines.ts';
import type { LineOptions, Lines } from './lines.ts';

export interface CsvRecord {
  cells: readonly string[];
  /** The line it begins on, from 1. */
  line: number;
}

/** What makes more than one cell of a line, or another one than its text. */
const special = /[",;\t]/;

/** Makes records of lines: a quoted cell may go on over some. Blank lines, and those with empty cells only, pass. */
export class CsvRecords {
  private readonly bad: BadLines;
  private readonly maxBytes: number;
  private isBegun = false;
  /** That of the first record; absent where it has one cell: then a record with any separator has several, and shows. */
  private delimiter: string | undefined;
  /** The lines of a record whose last quote still waits for its end. */
  private open: { texts: string[]; length: number; line: number } | undefined;

  constructor({ bad, maxBytes }: LineOptions) {
    this.bad = bad;
    this.maxBytes = maxBytes;
  }

  /** The records that end in these lines. */
  next({ first, texts }: Lines): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const [index, text] of texts.entries()) {
      // A line that was found bad may have been a part of this record: where it ends, nobody knows any longer.
      if (text === undefined && this.open !== undefined) throw neverClosed(this.open.line);
      if (text !== undefined) this.take(text, first + index, records);
    }
    return records;
  }

  /** No more lines come. */
  end(): void {
    if (this.open !== undefined) throw neverClosed(this.open.line);
  }

  private take(text: string, number: number, records: CsvRecord[]): void {
    const { open } = this;
    if (open === undefined && !special.test(text)) {
      const cell = text.trim();
      if (cell !== '') this.handOut({ cells: [cell], line: number }, records);
      return;
    }
    // A quote is closed by a quote.
    if (open === undefined || text.includes('"')) {
      const whole = open === undefined ? text : [...open.texts, text].join('\n');
      const line = open?.line ?? number;
      // In one column a tab beside the cell is white space.
      const record = this.isBegun && this.delimiter === undefined ? whole.trim() : whole;
      const delimiter = this.delimiter ?? delimiterOf(record);
      const cells = cellsOf(record, delimiter);
      if (cells !== 'open') {
        this.open = undefined;
        if (cells === 'bad') this.bad.add(line, 'is not correct CSV: a quote stands amid a cell');
        else if (cells.some((cell) => cell !== '')) this.handOut({ cells, line }, records, delimiter);
        return;
      }
    }
    this.keep(text, number);
  }

  private handOut(record: CsvRecord, records: CsvRecord[], delimiter?: string): void {
    if (!this.isBegun && record.cells.length > 1) this.delimiter = delimiter;
    this.isBegun = true;
    records.push(record);
  }

  private keep(text: string, number: number): void {
    this.open ??= { texts: [], length: 0, line: number };
    this.open.texts.push(text);
    this.open.length += text.length + 1;
    if (this.open.length > this.maxBytes) throw neverClosed(this.open.line);
  }
}

/** Not one bad line of many: it takes in all that follow, and nobody knows how many items. */
function neverClosed(line: number): Problem {
  const reason = 'opens a quote that is never closed';
  return new Problem('invalid-request', `line ${line}: ${reason}.`, { errors: [{ field: `line ${line}`, reason }] });
}
