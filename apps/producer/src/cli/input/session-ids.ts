import { itemFault } from '@session-queue/core';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { pickColumn } from './column.ts';
import { parseCsv } from './csv.ts';

export interface IdSource {
  /** As it is called in messages. */
  name: string;
  bytes: Buffer;
  column?: string;
}

/** The ids of a list: a CSV file, or one id a line. */
export function readSessionIds({ name, bytes, column }: IdSource): string[] {
  const records = parseCsv(name, bytes);
  const picked = pickColumn(name, records, column);
  const ids: string[] = [];
  for (const { cells, line } of records.slice(picked.hasHeader ? 1 : 0)) {
    ids.push(checkId(`${name}, line ${line}`, cells[picked.index] ?? ''));
  }
  return ids;
}

/** The ids given as arguments. */
export function readIdArguments(given: readonly string[]): string[] {
  return given.map((id, index) => checkId(`argument ${index + 1}`, id));
}

function checkId(place: string, text: string): string {
  const id = text.trim();
  const fault = itemFault('deletion', id);
  if (fault === undefined) return id;
  throw new CommandFailure(exitCodes.usage, `${place}: the session id ${fault}. Nothing was sent.`);
}
