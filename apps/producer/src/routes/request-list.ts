import { deadlineStates, kindSchema, requestStates } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';
import { asked, linkNext, listQueryFields } from '../requests/list-query.ts';
import { presentRequest } from '../requests/present.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

/** The query of `GET /v1/requests`. */
export const requestListQuerySchema = z.strictObject({
  state: z.enum(requestStates, `must be one of ${requestStates.join(', ')}`).optional(),
  kind: kindSchema.optional(),
  deadline: z
    .enum(deadlineStates, `must be ${deadlineStates.join(' or ')}`)
    .optional()
    .meta({ description: 'Open, and at risk of missing its deadline, or behind it' }),
  ...listQueryFields,
});

/** `GET /v1/requests`: a page of requests, the newest first. */
export function listRequests({ queue, silenceMs }: RequestsContext): RequestHandler {
  return async (request, response) => {
    const { filter, page } = asked(request, parseOrThrow(requestListQuerySchema, request.query, 'query'));
    const { requests, ...more } = await within(silenceMs, queue.listRequests(filter, page));
    linkNext(request, response, more.next);
    response.json({ requests: requests.map(presentRequest), ...more });
  };
}
