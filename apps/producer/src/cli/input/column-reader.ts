import type { Column } from '../../csv/column.ts';
import { pickColumn } from './column.ts';
import type { Entry } from './source.ts';

export interface CsvRecord {
  cells: string[];
  /** The line it ends on, from 1. */
  line: number;
}

/** Takes the ids out of a list's records, some at a time. */
export class ColumnReader {
  readonly #name: string;
  readonly #wanted: string | undefined;
  #column: Column | undefined;
  /** The first record, until the second one tells whether it names the columns. */
  #held: readonly CsvRecord[] = [];

  constructor(name: string, wanted: string | undefined) {
    this.#name = name;
    this.#wanted = wanted;
  }

  /** The entries of some records, which may be those of a few before. */
  read(records: readonly CsvRecord[]): Entry[] {
    if (this.#column !== undefined) return this.#entries(records, this.#column);
    this.#held = [...this.#held, ...records];
    return this.#held.length < 2 ? [] : this.#begin();
  }

  /** What is left at the end. Throws where nothing was there to be read. */
  end(): Entry[] {
    return this.#column === undefined ? this.#begin() : [];
  }

  #begin(): Entry[] {
    this.#column = pickColumn(this.#name, this.#held.slice(0, 2), this.#wanted);
    return this.#entries(this.#held.slice(this.#column.hasHeader ? 1 : 0), this.#column);
  }

  #entries(records: readonly CsvRecord[], column: Column): Entry[] {
    return records.map((record) => entryOf(record, column));
  }
}

function entryOf({ cells, line }: CsvRecord, column: Column): Entry {
  if (!column.isOnly || cells.length === 1) return { line, text: cells[column.index] ?? '' };
  return { line, text: '', fault: 'has several columns, where the first line has one' };
}
