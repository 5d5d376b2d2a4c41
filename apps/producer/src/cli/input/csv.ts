import { CsvError, parse } from 'csv-parse/sync';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

export interface CsvRecord {
  cells: string[];
  /** The line it ends on, from 1. */
  line: number;
}

/** Parses CSV (RFC 4180) as people have it: with a byte order mark, blank lines, or semicolons or tabs for commas. */
export function parseCsv(name: string, bytes: Buffer): CsvRecord[] {
  try {
    const records = parse(bytes, {
      bom: true,
      delimiter: delimiterOf(bytes),
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      on_record: (cells, { lines }) => [String(lines), ...cells],
    });
    return records.map(([line, ...cells]) => ({ cells, line: Number(line) }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === 'number' ? `, line ${cause.lines}` : '';
    throw new CommandFailure(
      exitCodes.usage,
      `${name}${line}: not a correct CSV file (${cause.code}). Nothing was sent.`,
      {
        cause,
      },
    );
  }
}

/** The separator that the first line has most of. */
function delimiterOf(bytes: Buffer): string {
  const end = bytes.indexOf(10);
  const firstLine = bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}
