import {
  consumerNameSchema,
  deadlineStates,
  kindSchema,
  momentSchema,
  personSchema,
  requestStates,
} from '@session-queue/core';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { type Caller, callerOf } from '../auth/caller.ts';
import { mayUse } from '../auth/consumer-limits.ts';
import { parseOrThrow } from '../problems/field-faults.ts';
import { pageLimit } from '../requests/page-limit.ts';
import { presentRequest } from '../requests/present.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

/** More names than that are no filter. */
const maxConsumers = 50;
const once = 'must be given once';

const consumerFilter = z.preprocess(
  // A name that stands there once is a string, as everything in a query.
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(consumerNameSchema).max(maxConsumers, `must be given at most ${maxConsumers} times`).optional(),
);

/** The query of `GET /v1/requests`. */
export const requestListQuerySchema = z.strictObject({
  state: z.enum(requestStates, `must be one of ${requestStates.join(', ')}`).optional(),
  kind: kindSchema.optional(),
  consumer: consumerFilter.meta({ description: 'Of one of these consumers' }),
  requestedBy: personSchema.optional(),
  deadline: z
    .enum(deadlineStates, `must be ${deadlineStates.join(' or ')}`)
    .optional()
    .meta({ description: 'Open, and at risk of missing its deadline, or behind it' }),
  since: momentSchema.optional().meta({ description: 'Created then or later' }),
  until: momentSchema.optional().meta({ description: 'Created before then' }),
  limit: pageLimit(200, 50),
  next: z
    .string(once)
    .min(1, 'must not be empty')
    .max(1_000, 'must be the "next" of the page before')
    .optional()
    .meta({ description: '`next` of the page before' }),
});

/** `GET /v1/requests`: a page of requests, the newest first, and in its `Link` header (RFC 8288) where the next one is. */
export function listRequests({ queue, silenceMs }: RequestsContext): RequestHandler {
  return async (request, response) => {
    const query = parseOrThrow(requestListQuerySchema, request.query, 'query');
    const { consumer, next, limit, ...filter } = query;
    const consumers = seenBy(callerOf(request), consumer);
    const page = { ...(next !== undefined && { next }), ...(limit !== undefined && { limit }) };
    const found = await within(silenceMs, queue.listRequests({ ...filter, consumers }, page));
    if (found.next !== undefined) response.set('Link', `<${nextPage(request, found.next)}>; rel="next"`);
    response.json({
      requests: found.requests.map(presentRequest),
      ...(found.next !== undefined && { next: found.next }),
    });
  };
}

/** Those of somebody else are as empty as those that are not there. */
function seenBy(caller: Caller, asked: readonly string[] | undefined): readonly string[] | undefined {
  return asked?.filter((consumer) => mayUse(caller, consumer)) ?? caller.consumers;
}

/** The same question again, from where this page ended. */
function nextPage(request: Request, next: string): string {
  // Not by way of a URL: an address may be odd in front of its query.
  const [, asked = ''] = request.url.split('?', 2);
  const query = new URLSearchParams(asked);
  query.set('next', next);
  return `${request.path}?${query.toString()}`;
}
