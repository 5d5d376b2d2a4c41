import { isUuid } from './uuid.ts';

export interface Column {
  index: number;
  /** Whether the first record names the columns. */
  hasHeader: boolean;
}

const sessionIdHeader = /^(?:learnosity[ _-]?)?session[ _-]?ids?$/i;

/**
 * Where the session ids are, by the first two records: in the column of the wanted name, else in the one called session_id or the
 * like, else in the only one. A first line that is no UUID above one that is names the column, and is not sent as an id.
 * `undefined` where there is no such column, as below a title.
 */
export function findColumn(
  first: readonly string[],
  second: readonly string[] | undefined,
  wanted?: string,
): Column | undefined {
  const known = first.findIndex((cell) =>
    wanted === undefined ? sessionIdHeader.test(cell.trim()) : isSame(cell, wanted),
  );
  if (known !== -1) return { index: known, hasHeader: true };
  if (wanted !== undefined || widthOf(first) > 1) return undefined;
  if (isUuid(first[0] ?? '')) return { index: 0, hasHeader: false };
  if (second !== undefined && widthOf(second) > 1) return undefined;
  return { index: 0, hasHeader: isUuid(second?.[0] ?? '') };
}

/** How many cells a record has, without the empty ones at its end. */
export function widthOf(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell !== '') + 1;
}

function isSame(cell: string, wanted: string): boolean {
  return cell.trim().toLowerCase() === wanted.trim().toLowerCase();
}
