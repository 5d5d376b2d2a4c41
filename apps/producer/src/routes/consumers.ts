import type { RequestHandler } from 'express';
import { callerOf } from '../auth/caller.ts';
import { mayUse } from '../auth/consumer-limits.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

/** `GET /v1/consumers`: of the consumers that workers have announced those that the caller may use, by name. */
export function listConsumers({ queue, silenceMs }: RequestsContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const caller = callerOf(request);
    const announced = await within(silenceMs, queue.consumers());
    response.json({ consumers: announced.filter((consumer) => mayUse(caller, consumer)) });
  };
}
