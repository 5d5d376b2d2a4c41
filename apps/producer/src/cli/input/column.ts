import { type Column, findColumn } from '../../csv/column.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { printable } from '../wording.ts';
import type { CsvRecord } from './column-reader.ts';

/** Where the session ids are, as `findColumn` says by the first records of a file; fails where there is no such column, or nothing in it. */
export function pickColumn(name: string, records: readonly CsvRecord[], wanted: string | undefined): Column {
  const [first, second] = records;
  if (first === undefined) throw new CommandFailure(exitCodes.usage, `${name} holds no session ids.`);
  const header = first.cells;
  const column = findColumn(header, second?.cells, wanted);
  if (column === undefined && wanted !== undefined) {
    throw new CommandFailure(exitCodes.usage, `${name} has no column "${wanted}", but ${listNames(header)}.`);
  }
  if (column === undefined || (!column.isNamed && records.some(({ cells }) => cells.length > 1))) {
    const names = listNames(header);
    throw new CommandFailure(exitCodes.usage, `${name} has several columns: name one with --column, of ${names}.`);
  }
  return column.isNamed ? withRows(name, records, column) : column;
}

function withRows(name: string, records: readonly CsvRecord[], column: Column): Column {
  if (records.length > 1) return column;
  throw new CommandFailure(exitCodes.usage, `${name} holds no session ids, only the names of its columns.`);
}

function listNames(cells: readonly string[]): string {
  const shown = cells.slice(0, 20).map((cell) => `"${printable(cell)}"`);
  return cells.length > shown.length ? `${shown.join(', ')}, ...` : shown.join(', ');
}
