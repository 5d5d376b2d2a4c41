import { consumerNameSchema, momentSchema, personSchema } from '@session-queue/core';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Caller, callerOf } from '../auth/caller.ts';
import { mayUse } from '../auth/consumer-limits.ts';
import { pageLimit } from './page-limit.ts';

/** More names than that are no filter. */
const maxConsumers = 50;
const once = 'must be given once';

const consumerFilter = z.preprocess(
  // A name that stands there once is a string, as everything in a query.
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(consumerNameSchema).max(maxConsumers, `must be given at most ${maxConsumers} times`).optional(),
);

/** What every list takes in its query. */
export const listQueryFields = {
  consumer: consumerFilter.meta({ description: 'Of one of these consumers' }),
  requestedBy: personSchema.optional(),
  since: momentSchema.optional().meta({ description: 'Created then or later' }),
  until: momentSchema.optional().meta({ description: 'Created before then' }),
  limit: pageLimit(200, 50),
  next: z
    .string(once)
    .min(1, 'must not be empty')
    .max(1_000, 'must be the "next" of the page before')
    .optional()
    .meta({ description: '`next` of the page before' }),
};

/** What a caller asks of a list: which consumers' and which page. Those of somebody else are as empty as those that are not there. */
export function asked<
  T extends { consumer?: readonly string[] | undefined; next?: string | undefined; limit?: number | undefined },
>(request: Request, { consumer, next, limit, ...filter }: T) {
  const consumers = seenBy(callerOf(request), consumer);
  const page = { ...(next !== undefined && { next }), ...(limit !== undefined && { limit }) };
  return { filter: { ...filter, consumers }, page };
}

function seenBy(caller: Caller, wanted: readonly string[] | undefined): readonly string[] | undefined {
  return wanted?.filter((consumer) => mayUse(caller, consumer)) ?? caller.consumers;
}

/** Says in the `Link` header (RFC 8288) where the next page is: the same question again, from where this one ended. */
export function linkNext(request: Request, response: Response, next: string | undefined): void {
  if (next === undefined) return;
  // Not by way of a URL: an address may be odd in front of its query.
  const [, given = ''] = request.url.split('?', 2);
  const query = new URLSearchParams(given);
  query.set('next', next);
  response.set('Link', `<${request.path}?${query.toString()}>; rel="next"`);
}
