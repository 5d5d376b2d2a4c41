import { itemFault } from '@session-queue/core';
import { type Column, findColumn } from '../csv/column.ts';
import { Problem } from '../problems/problem.ts';
import type { BadLines } from './bad-lines.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import type { LineOptions, Lines } from './lines.ts';

/**
 * The session ids of CSV: those in the column called session_id or the like, or in the only one. Throws a 400 where there are
 * several columns and none is called so.
 */
export async function* csvItems(lines: AsyncIterable<Lines>, options: LineOptions): AsyncGenerator<readonly string[]> {
  const records = new CsvRecords(options);
  const rows = new Rows(options.bad);
  for await (const some of lines) {
    const items = rows.next(records.next(some));
    if (items.length > 0) yield items;
  }
  records.end();
  const last = rows.end();
  if (last.length > 0) yield last;
}

/** Picks the column by the first two records, and the ids out of all. */
class Rows {
  private readonly bad: BadLines;
  private column: Column | undefined;
  /** Alone it does not say yet whether it names the columns. */
  private held: CsvRecord | undefined;

  constructor(bad: BadLines) {
    this.bad = bad;
  }

  next(records: readonly CsvRecord[]): string[] {
    if (this.column !== undefined) return this.idsIn(records, this.column);
    const [first, second] = this.held === undefined ? records : [this.held, ...records];
    if (first === undefined) return [];
    const all = this.held === undefined ? records : [this.held, ...records];
    this.held = second === undefined ? first : undefined;
    return second === undefined ? [] : this.begin(all, first, second);
  }

  /** No more records come. */
  end(): string[] {
    return this.held === undefined ? [] : this.begin([this.held], this.held);
  }

  private begin(records: readonly CsvRecord[], first: CsvRecord, second?: CsvRecord): string[] {
    const column = findColumn(first.cells, second?.cells);
    if (column === undefined) throw severalColumns(first.line);
    this.column = column;
    return this.idsIn(column.hasHeader ? records.slice(1) : records, column);
  }

  private idsIn(records: readonly CsvRecord[], { index, isOnly }: Column): string[] {
    const ids: string[] = [];
    for (const { cells, line } of records) {
      const id = cells[index] ?? '';
      const fault =
        isOnly && cells.length > 1 ? 'must have one cell, as the first line has' : itemFault('deletion', id);
      if (fault === undefined) ids.push(id);
      else this.bad.add(line, fault);
    }
    return ids;
  }
}

function severalColumns(line: number): Problem {
  const reason = 'has several cells, and none that names the column of the ids, session_id';
  return new Problem('invalid-request', `line ${line}: ${reason}.`, { errors: [{ field: `line ${line}`, reason }] });
}
