import { consumerNameSchema, itemFault } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../auth/caller.ts';
import { requireConsumer } from '../auth/consumer-limits.ts';
import { parseOrThrow } from '../problems/field-faults.ts';
import { within } from '../server/deadline.ts';
import type { RequestsContext } from './requests.ts';

const sessionIdSchema = z.string().superRefine((id, context) => {
  const fault = itemFault('deletion', id);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** The query of `GET /v1/sessions/{id}`. */
export const sessionQuerySchema = z.strictObject({
  consumer: consumerNameSchema.optional().meta({ description: 'Of this one only' }),
});

/** `GET /v1/sessions/{id}?consumer=`: of all the consumers that the caller may see, or of one of them. */
export function showSession({ queue, silenceMs }: Pick<RequestsContext, 'queue' | 'silenceMs'>): RequestHandler {
  return async (request, response) => {
    const sessionId = parseOrThrow(sessionIdSchema, request.params.id, 'id');
    const { consumer } = parseOrThrow(sessionQuerySchema, request.query, 'query');
    const caller = callerOf(request);
    if (consumer !== undefined) requireConsumer(caller, consumer);
    const consumers = consumer === undefined ? caller.consumers : [consumer];
    const found = queue.findSession(sessionId, consumers === undefined ? {} : { consumers });
    response.json({ requests: await within(silenceMs, found) });
  };
}
