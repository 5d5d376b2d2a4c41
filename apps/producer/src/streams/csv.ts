import { itemFault } from '@session-queue/core';
import { type Column, findColumn, widthOf } from '../csv/column.ts';
import { Problem } from '../problems/problem.ts';
import type { BadLines } from './bad-lines.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import type { LineOptions, Lines } from './lines.ts';

/** Says where the ids are, by the first two records; throws where that cannot be said. */
export type PickColumn = (first: CsvRecord, second: CsvRecord | undefined) => Column;

/**
 * The session ids of CSV: unless `pick` says otherwise those in the column called session_id or the like, or in the only one. A record
 * with more cells than the first has is a bad line: with a separator in one of them nobody knows which is the id. Throws a 400 where
 * there are several columns and none is called so.
 */
export async function* csvItems(
  lines: AsyncIterable<Lines>,
  options: LineOptions,
  pick: PickColumn = idColumn,
): AsyncGenerator<readonly string[]> {
  const records = new CsvRecords(options);
  const rows = new Rows(options.bad, pick);
  for await (const some of lines) yield rows.next(records.next(some));
  records.end();
  yield rows.end();
}

/** Picks the column by the first two records, and the ids out of all. */
class Rows {
  private readonly bad: BadLines;
  private readonly pick: PickColumn;
  private column: Column | undefined;
  /** How many cells a record may have. */
  private width = 0;
  /** Alone it does not say yet whether it names the columns. */
  private held: CsvRecord | undefined;

  constructor(bad: BadLines, pick: PickColumn) {
    this.bad = bad;
    this.pick = pick;
  }

  next(records: readonly CsvRecord[]): string[] {
    if (this.column !== undefined) return this.idsIn(records, this.column);
    const all = this.held === undefined ? records : [this.held, ...records];
    const [first, second] = all;
    if (first === undefined) return [];
    this.held = second === undefined ? first : undefined;
    return second === undefined ? [] : this.begin(all, first, second);
  }

  /** No more records come. */
  end(): string[] {
    return this.held === undefined ? [] : this.begin([this.held], this.held);
  }

  private begin(records: readonly CsvRecord[], first: CsvRecord, second?: CsvRecord): string[] {
    const column = this.pick(first, second);
    this.column = column;
    this.width = widthOf(first.cells);
    return this.idsIn(column.hasHeader ? records.slice(1) : records, column);
  }

  private idsIn(records: readonly CsvRecord[], { index }: Column): string[] {
    const ids: string[] = [];
    for (const { cells, line } of records) {
      const id = cells[index];
      const fault = this.shapeFault(cells) ?? itemFault('deletion', id ?? '');
      if (id === undefined) this.bad.add(line, 'has fewer cells than the first line');
      else if (fault !== undefined) this.bad.add(line, fault);
      else ids.push(id);
    }
    return ids;
  }

  private shapeFault(cells: readonly string[]): string | undefined {
    const isWider = cells.length > this.width && widthOf(cells) > this.width;
    return isWider ? 'has more cells than the first line' : undefined;
  }
}

function idColumn(first: CsvRecord, second: CsvRecord | undefined): Column {
  const column = findColumn(first.cells, second?.cells);
  if (column !== undefined) return column;
  const [field, reason] = [`line ${first.line}`, 'has no cell that names the column of the ids, session_id'];
  throw new Problem('invalid-request', `${field}: ${reason}.`, { errors: [{ field, reason }] });
}
