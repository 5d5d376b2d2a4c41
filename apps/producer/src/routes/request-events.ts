import { Refusal } from '@session-queue/core';
import type { RequestHandler } from 'express';
import type { RequestEvents } from '../events/request-events.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { idOf } from '../requests/request-id.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

/** `GET /v1/requests/{id}/events`: its progress as server-sent events. */
export function followRequest({ queue, silenceMs }: RequestsContext, events: RequestEvents): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const view = await within(silenceMs, queue.getRequest(id));
    if (view === undefined) throw new Refusal('not_found', 'no request has this id');
    if (request.method === 'HEAD') response.type('text/event-stream').end();
    // Whoever has gone meanwhile closes nothing any more.
    else if (!response.closed) events.open(response, view);
  };
}
