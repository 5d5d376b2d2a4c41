import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { delimiterOf } from '../../csv/delimiter.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { fileFailure, type OpenBytes } from './bytes.ts';
import { ColumnReader, type CsvRecord } from './column-reader.ts';
import type { Entry } from './source.ts';

/** A record longer than that is no list of ids, but some other file. */
const maxRecordCharacters = 1024 * 1024;

/** How many records go on together. */
const recordsAtOnce = 500;

/** The ids of CSV (RFC 4180) as people have it: with a byte order mark, blank lines, or semicolons or tabs for commas. */
export async function* csvEntries(name: string, bytes: OpenBytes, wanted: string | undefined): AsyncGenerator<Entry[]> {
  const reader = new ColumnReader(name, wanted);
  let records: CsvRecord[] = [];
  for await (const record of csvRecords(name, bytes)) {
    records.push(record);
    if (records.length < recordsAtOnce) continue;
    yield reader.read(records);
    records = [];
  }
  yield [...reader.read(records), ...reader.end()];
}

async function* csvRecords(name: string, { stream, head }: OpenBytes): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    delimiter: delimiterIn(head),
    trim: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    max_record_size: maxRecordCharacters,
    on_record: (cells, { lines }) => [String(lines), ...cells],
  });
  // Errors of either come out of the parser.
  pipeline(stream, parser, () => undefined);
  try {
    const records: AsyncIterable<string[]> = parser;
    for await (const [line, ...cells] of records) yield { cells, line: Number(line) };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw fileFailure(name, cause);
    const line = typeof cause.lines === 'number' ? `, line ${cause.lines}` : '';
    const message = `${name}${line}: not a correct CSV file (${cause.code}). Nothing was sent.`;
    throw new CommandFailure(exitCodes.usage, message, { cause });
  }
}

/** The separator that the first line has most of. */
function delimiterIn(head: Buffer): string {
  const end = head.indexOf(10);
  return delimiterOf(head.toString('latin1', 0, end === -1 ? head.length : end));
}
