export interface Column {
  index: number;
  /** Whether the first record names the columns. */
  hasHeader: boolean;
  /** Whether it was found by its name. */
  isNamed: boolean;
  /** Whether there is no other: then every record has one cell. */
  isOnly: boolean;
}

const sessionIdHeader = /^(?:learnosity[ _-]?)?session[ _-]?ids?$/i;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Where the session ids are, by the first two records: in the column of the wanted name, else in the one called session_id or the
 * like, else in the only one. A first line that is no UUID above one that is names the column, and is not sent as an id.
 * `undefined` where there is no such column.
 */
export function findColumn(
  header: readonly string[],
  second: readonly string[] | undefined,
  wanted?: string,
): Column | undefined {
  const known = header.findIndex((cell) => (wanted === undefined ? sessionIdHeader.test(cell) : isSame(cell, wanted)));
  if (known !== -1) return { index: known, hasHeader: true, isNamed: true, isOnly: header.length === 1 };
  if (wanted !== undefined || header.length > 1) return undefined;
  const hasHeader = second !== undefined && !uuid.test(header[0] ?? '') && uuid.test(second[0] ?? '');
  return { index: 0, hasHeader, isNamed: false, isOnly: true };
}

function isSame(cell: string, wanted: string): boolean {
  return cell.trim().toLowerCase() === wanted.trim().toLowerCase();
}
