import { findColumn } from '../../csv/column.ts';
import type { BadLines } from '../../streams/bad-lines.ts';
import type { PickColumn } from '../../streams/csv.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { printable } from '../wording.ts';

/** Where the session ids of a file are, as `findColumn` says; fails where there is no such column, or nothing in it. */
export function columnOf(name: string, wanted: string | undefined, bad: BadLines): PickColumn {
  return ({ cells }, second) => {
    const column = findColumn(cells, second?.cells, wanted);
    const [above] = bad.named;
    // A line that cannot be read may have named the columns; what stands below it are no names.
    if (column === undefined && above !== undefined) {
      throw new CommandFailure(exitCodes.usage, `${name}, line ${above.line}: ${above.reason}. Nothing was sent.`);
    }
    if (column === undefined) throw new CommandFailure(exitCodes.usage, `${name} has ${noColumn(cells, wanted)}.`);
    if (!column.hasHeader || second !== undefined) return column;
    throw new CommandFailure(exitCodes.usage, `${name} holds no session ids, only the names of its columns.`);
  };
}

function noColumn(cells: readonly string[], wanted: string | undefined): string {
  const names = listNames(cells);
  return wanted === undefined
    ? `several columns: name one with --column, of ${names}`
    : `no column "${wanted}", but ${names}`;
}

function listNames(cells: readonly string[]): string {
  const shown = cells.slice(0, 20).map((cell) => `"${printable(cell)}"`);
  return cells.length > shown.length ? `${shown.join(', ')}, ...` : shown.join(', ');
}
