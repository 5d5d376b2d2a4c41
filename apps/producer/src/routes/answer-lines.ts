import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { within } from '../server/deadline.ts';
import { isGone } from '../server/is-gone.ts';
import { mediaTypes } from '../streams/stream-format.ts';

type Piece = IteratorResult<readonly string[], unknown>;

export interface LinesAnswer {
  /** The media type. */
  type: string;
  head: string;
  /** An entry as it is written, with its line feed. */
  line: (entry: string) => string;
}

/** For entries that are lines of JSON. */
export const jsonLines: LinesAnswer = { type: mediaTypes.ndjson, head: '', line: (text) => `${text}\n` };

export interface LinesSource {
  entries: AsyncIterable<readonly string[]>;
  silenceMs: number;
  /** Says what refusals of the source are about. */
  about: (answer: Promise<Piece>) => Promise<Piece>;
}

/**
 * Answers with a list of any length, read from Redis as fast as the client takes it. What goes wrong on the way cuts
 * the answer off: it never ends as if it were all.
 */
export async function answerLines(
  request: Request,
  response: Response,
  { type, head, line }: LinesAnswer,
  { entries, silenceMs, about }: LinesSource,
): Promise<void> {
  const source = entries[Symbol.asyncIterator]();
  const next = async (): Promise<Piece> => await within(silenceMs, about(source.next()));
  // Before the head of the answer: what is refused gets a problem document.
  const first = await next();
  response.type(type);
  if (request.method === 'HEAD') {
    await source.return?.();
    response.end();
    return;
  }
  const texts = textsOf({ head, line }, first, next, async () => await source.return?.());
  await pipeline(Readable.from(texts), response).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

async function* textsOf(
  { head, line }: Pick<LinesAnswer, 'head' | 'line'>,
  first: Piece,
  next: () => Promise<Piece>,
  letGo: () => Promise<unknown>,
): AsyncGenerator<string> {
  try {
    yield head;
    for (let piece = first; piece.done !== true; piece = await next()) yield piece.value.map(line).join('');
  } finally {
    await letGo();
  }
}
