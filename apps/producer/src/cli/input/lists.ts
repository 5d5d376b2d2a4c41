import type { Kind } from '@session-queue/core';
import { Problem } from '../../problems/problem.ts';
import type { BadLines } from '../../streams/bad-lines.ts';
import { csvItems } from '../../streams/csv.ts';
import { linesOf, maxLineBytes } from '../../streams/lines.ts';
import { ndjsonItems } from '../../streams/ndjson.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Bytes, fileFailure, type OpenBytes } from './bytes.ts';
import { columnOf } from './column.ts';

/** Whether bytes look like JSON lines: an object, or for what is never quoted else, a string. */
export function looksLikeJson(kind: Kind, head: Buffer): boolean {
  const first = head
    .toString('utf8', 0, 1_024)
    .replace(/^\ufeff/, '')
    .trimStart()
    .charAt(0);
  return first === '{' || (first === '"' && kind === 'resubmission');
}

/** The items of NDJSON, as the HTTP API reads it. */
export async function* ndjsonList(
  kind: Kind,
  { name }: Bytes,
  opened: OpenBytes,
  bad: BadLines,
): AsyncGenerator<readonly string[]> {
  const lines = linesOf(utf8Of(name, opened), { maxBytes: maxLineBytes[kind], bad });
  yield* sayingOf(name, ndjsonItems(kind, lines, bad));
}

/** The ids of CSV, as the HTTP API reads it, in the wanted column. Fails where nothing was there to be read. */
export async function* csvList(
  { name }: Bytes,
  opened: OpenBytes,
  bad: BadLines,
  wanted: string | undefined,
): AsyncGenerator<readonly string[]> {
  const options = { maxBytes: maxLineBytes.deletion, bad };
  const ids = csvItems(linesOf(utf8Of(name, opened), options), options, columnOf(name, wanted, bad));
  let count = 0;
  for await (const some of sayingOf(name, ids)) {
    count += some.length;
    yield some;
  }
  if (count + bad.count === 0) throw new CommandFailure(exitCodes.usage, `${name} holds no session ids.`);
}

/** A text as UTF-8: spreadsheets write UTF-16 too, and say so by its first two bytes. */
async function* utf8Of(name: string, { stream, head }: OpenBytes): AsyncGenerator<Buffer> {
  const pieces: AsyncIterable<Buffer> = stream;
  if (head[0] !== 0xff || head[1] !== 0xfe) {
    yield* pieces;
    return;
  }
  const decoder = new TextDecoder('utf-16le', { fatal: true });
  const decode = (piece?: Buffer): Buffer => {
    try {
      return Buffer.from(decoder.decode(piece, { stream: piece !== undefined }));
    } catch (cause) {
      throw new CommandFailure(exitCodes.usage, `${name} is no whole UTF-16. Nothing was sent.`, { cause });
    }
  };
  for await (const piece of pieces) yield decode(piece);
  yield decode();
}

/** What is wrong with the file itself, or with its text as a whole, is said with its name. */
async function* sayingOf<T>(name: string, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw fileFailure(name, cause);
    throw new CommandFailure(exitCodes.usage, `${name}: ${cause.message} Nothing was sent.`, { cause });
  }
}
