import { consumerNameSchema, itemFault } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

const sessionIdSchema = z.string().superRefine((id, context) => {
  const fault = itemFault('deletion', id);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** The query of `GET /v1/sessions/{id}`. */
const sessionQuerySchema = z.strictObject({ consumer: consumerNameSchema.optional() });

/** `GET /v1/sessions/{id}?consumer=` */
export function showSession({ queue, silenceMs }: Pick<RequestsContext, 'queue' | 'silenceMs'>): RequestHandler {
  return async (request, response) => {
    const sessionId = parseOrThrow(sessionIdSchema, request.params.id, 'id');
    const { consumer } = parseOrThrow(sessionQuerySchema, request.query, 'query');
    const of = consumer === undefined ? {} : { consumers: [consumer] };
    response.json({ requests: await within(silenceMs, queue.findSession(sessionId, of)) });
  };
}
