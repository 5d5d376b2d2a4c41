import type { Selections } from '@session-queue/core';
import type { Request, RequestHandler } from 'express';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { idOf } from '../requests/request-id.ts';
import { type SessionsFormat, sessionFormats } from '../selections/sessions-format.ts';
import { mediaTypes } from '../streams/stream-format.ts';
import { answerLines } from './selection-lines.ts';

interface Context {
  queue: Selections;
  silenceMs: number;
}

/** `GET /v1/selections/{id}/sessions`: all of them, as CSV or NDJSON. */
export function showSelectedSessions({ queue, silenceMs }: Context): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const format = formatFor(request);
    const answer = { type: mediaTypes[format], ...sessionFormats[format] };
    await answerLines(request, response, answer, { entries: queue.selectedSessions(id), silenceMs });
  };
}

/** `GET /v1/selections/{id}/metadata`: of each session what Learnosity answered, as NDJSON. */
export function showSelectedMetadata({ queue, silenceMs }: Context): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const answer = { type: mediaTypes.ndjson, head: '', line: (text: string) => `${text}\n` };
    await answerLines(request, response, answer, { entries: queue.selectedMetadata(id), silenceMs });
  };
}

/** CSV, unless the client would rather have NDJSON. */
function formatFor(request: Request): SessionsFormat {
  return request.accepts([mediaTypes.csv, mediaTypes.ndjson]) === mediaTypes.ndjson ? 'ndjson' : 'csv';
}
