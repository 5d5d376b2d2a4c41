import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import type { SessionMetadata } from '../learnosity/answers.ts';
import { selectionKey } from './selection.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Pages that one command reads. */
const pagesAtOnce = 20;

/** The metadata that a selection keeps: of each page one text, packed. */
export const keptMetadataKey = (keys: ConsumerKeys, id: string): string => `${selectionKey(keys, id)}:metadata`;

/** The metadata of a page's sessions as lines of JSON, as Learnosity's endpoint answers, packed: of 123 bytes a session 33 are left in Redis, of 379 62 (measured). */
export async function packMetadata(sessions: readonly SessionMetadata[]): Promise<Buffer> {
  const lines = sessions.map(({ sessionId, userId, metadata }) =>
    JSON.stringify({ user_id: userId, session_id: sessionId, metadata }),
  );
  return await deflate(lines.join('\n'));
}

/** The lines of the metadata that is kept, in the order of the sessions, some pages at a time. */
export async function* keptMetadata(keys: ConsumerKeys, id: string): AsyncGenerator<string[], void, undefined> {
  const key = keptMetadataKey(keys, id);
  for (let from = 0; ; from += pagesAtOnce) {
    const packed = await keys.redis.lrangeBuffer(key, from, from + pagesAtOnce - 1);
    const pages = await Promise.all(packed.map((page) => inflate(page)));
    if (pages.length > 0) yield pages.flatMap((page) => page.toString('utf8').split('\n'));
    if (packed.length < pagesAtOnce) return;
  }
}

/** Of how many sessions metadata is kept: fewer than were found where a worker of a version before has read pages of it. */
export async function countKept(keys: ConsumerKeys, id: string): Promise<number> {
  return Number((await keys.redis.hget(selectionKey(keys, id), 'kept')) ?? 0);
}

const lineSchema = z.object({ session_id: z.string() });

/** Which session a line is about. Throws for what is no such line. */
export function sessionOfLine(line: string): string {
  return lineSchema.parse(JSON.parse(line)).session_id;
}
