import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { printable } from '../wording.ts';
import type { CsvRecord } from './column-reader.ts';

export interface Column {
  index: number;
  /** Whether the first record names the columns. */
  hasHeader: boolean;
  /** Whether there is no other: then every record has one cell. */
  isOnly: boolean;
}

const sessionIdHeader = /^(?:learnosity[ _-]?)?session[ _-]?ids?$/i;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Where the session ids are, by the first records of a file: in the column of the wanted name, else in the one called session_id or the like, else
 * in the only one. A first line that is no UUID above one that is names the column, and is not sent as an id.
 */
export function pickColumn(name: string, records: readonly CsvRecord[], wanted: string | undefined): Column {
  const [first, second] = records;
  if (first === undefined) throw new CommandFailure(exitCodes.usage, `${name} holds no session ids.`);
  const header = first.cells;
  const known = header.findIndex((cell) => (wanted === undefined ? sessionIdHeader.test(cell) : isSame(cell, wanted)));
  if (known !== -1) return withRows(name, records, { index: known, hasHeader: true, isOnly: header.length === 1 });
  if (wanted !== undefined) {
    throw new CommandFailure(exitCodes.usage, `${name} has no column "${wanted}", but ${listNames(header)}.`);
  }
  if (records.some(({ cells }) => cells.length > 1)) {
    const names = listNames(header);
    throw new CommandFailure(exitCodes.usage, `${name} has several columns: name one with --column, of ${names}.`);
  }
  const hasHeader = second !== undefined && !uuid.test(header[0] ?? '') && uuid.test(second.cells[0] ?? '');
  return { index: 0, hasHeader, isOnly: true };
}

function withRows(name: string, records: readonly CsvRecord[], column: Column): Column {
  if (records.length > 1) return column;
  throw new CommandFailure(exitCodes.usage, `${name} holds no session ids, only the names of its columns.`);
}

function isSame(cell: string, wanted: string): boolean {
  return cell.trim().toLowerCase() === wanted.trim().toLowerCase();
}

function listNames(cells: readonly string[]): string {
  const shown = cells.slice(0, 20).map((cell) => `"${printable(cell)}"`);
  return cells.length > shown.length ? `${shown.join(', ')}, ...` : shown.join(', ');
}
