import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Selections } from '@session-queue/core';
import type { Request, RequestHandler } from 'express';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { idOf } from '../requests/request-id.ts';
import { aboutSelection } from '../selections/about-selection.ts';
import { type SessionsFormat, sessionFormats } from '../selections/sessions-format.ts';
import { within } from '../server/deadline.ts';
import { isGone } from '../server/is-gone.ts';
import { mediaTypes } from '../streams/stream-format.ts';

type Piece = IteratorResult<readonly string[], unknown>;

/**
 * `GET /v1/selections/{id}/sessions`: all of them, as CSV or NDJSON, read from Redis as fast as the client takes them. What goes wrong
 * on the way cuts the answer off: it never ends as if it were all.
 */
export function showSelectedSessions({ queue, silenceMs }: { queue: Selections; silenceMs: number }): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const format = formatFor(request);
    const sessions = queue.selectedSessions(id)[Symbol.asyncIterator]();
    const next = async (): Promise<Piece> => await within(silenceMs, aboutSelection(sessions.next()));
    // Before the head of the answer: what is refused gets a problem document.
    const first = await next();
    response.type(mediaTypes[format]);
    const lines = linesOf(format, first, next, async () => await sessions.return?.());
    if (request.method === 'HEAD') {
      await sessions.return?.();
      response.end();
      return;
    }
    await pipeline(Readable.from(lines), response).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  };
}

async function* linesOf(
  format: SessionsFormat,
  first: Piece,
  next: () => Promise<Piece>,
  letGo: () => Promise<unknown>,
): AsyncGenerator<string> {
  const { head, line } = sessionFormats[format];
  try {
    yield head;
    for (let piece = first; piece.done !== true; piece = await next()) yield piece.value.map(line).join('');
  } finally {
    await letGo();
  }
}

/** CSV, unless the client would rather have NDJSON. */
function formatFor(request: Request): SessionsFormat {
  return request.accepts([mediaTypes.csv, mediaTypes.ndjson]) === mediaTypes.ndjson ? 'ndjson' : 'csv';
}
