import type { Selections } from '@session-queue/core';
import type { Request, RequestHandler, Response } from 'express';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { aboutSelection } from '../problems/unknown-things.ts';
import { idOf } from '../requests/request-id.ts';
import { type SessionsFormat, sessionFormats } from '../selections/sessions-format.ts';
import { mediaTypes } from '../streams/stream-format.ts';
import { answerLines, jsonLines, type LinesSource } from './answer-lines.ts';

interface Context {
  queue: Selections;
  silenceMs: number;
}

/** `GET /v1/selections/{id}/sessions`: all of them, as CSV or NDJSON. */
export function showSelectedSessions({ queue, silenceMs }: Context): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const source = { entries: queue.selectedSessions(id), silenceMs, about: aboutSelection };
    await answerSessions(request, response, source);
  };
}

/** Sessions as they come, as CSV or NDJSON. */
export async function answerSessions(request: Request, response: Response, source: LinesSource): Promise<void> {
  const format = formatFor(request);
  await answerLines(request, response, { type: mediaTypes[format], ...sessionFormats[format] }, source);
}

/** `GET /v1/selections/{id}/metadata`: of each session what Learnosity answered, as NDJSON. */
export function showSelectedMetadata({ queue, silenceMs }: Context): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const source = { entries: queue.selectedMetadata(id), silenceMs, about: aboutSelection };
    await answerLines(request, response, jsonLines, source);
  };
}

/** CSV, unless the client would rather have NDJSON. */
function formatFor(request: Request): SessionsFormat {
  return request.accepts([mediaTypes.csv, mediaTypes.ndjson]) === mediaTypes.ndjson ? 'ndjson' : 'csv';
}
