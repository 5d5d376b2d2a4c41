import { createHash } from 'node:crypto';
import {
  consumerNameSchema,
  defaultConsumer,
  type LegalHoldView,
  legalHoldInputSchema,
  liftedLegalHold,
  Refusal,
  reasonSchema,
  type SessionQueue,
} from '@session-queue/core';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { callerNameOf, callerOf } from '../auth/caller.ts';
import { requireConsumer } from '../auth/consumer-limits.ts';
import { doOnce } from '../idempotency/do-once.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { aboutHold } from '../problems/unknown-things.ts';
import { logLegalHold } from '../requests/log-change.ts';
import { idOf } from '../requests/request-id.ts';
import { within } from '../server/deadline.ts';
import { answerSessions } from './selection-sessions.ts';

export interface LegalHoldsContext {
  queue: SessionQueue;
  idempotency: IdempotencyRecords;
  silenceMs: number;
  changeMs: number;
  log: Logger;
}

/** The query of `GET /v1/legal-holds`. */
export const legalHoldsQuerySchema = z.strictObject({
  consumer: consumerNameSchema
    .default(defaultConsumer)
    .meta({ description: `Of which consumer; '${defaultConsumer}' when absent` }),
});

/** `POST /v1/legal-holds`: answers 201 once the hold stands. Who makes it is whom the token names. */
export function addLegalHold(context: LegalHoldsContext): RequestHandler {
  const { queue, log } = context;
  return async (request, response) => {
    const name = idempotencyNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const input = parseOrThrow(legalHoldInputSchema, request.body);
    requireConsumer(callerOf(request), input.consumer ?? defaultConsumer);
    const made = await doOnce(context, {
      name,
      digest: () =>
        createHash('sha256')
          .update(JSON.stringify(['legal hold', input]))
          .digest('hex'),
      comparesItems: true,
      work: async (id, _watch, isComparison) => {
        if (isComparison) return JSON.stringify(await standing(queue.holds.getLegalHold(id)));
        const view = await queue.holds.addLegalHold({ ...input, id, by: callerNameOf(request) });
        logLegalHold(log, request, 'add', view);
        return JSON.stringify(view);
      },
    });
    if (made.replayed) response.set('Idempotent-Replayed', 'true');
    const path = `/v1/legal-holds/${encodeURIComponent(made.requestId)}`;
    response.status(201).location(path).type('application/json').send(made.answer);
  };
}

/** The hold that an earlier call has made. An answer that it stands is not given again once somebody lifts it. */
async function standing(made: Promise<LegalHoldView>): Promise<LegalHoldView> {
  try {
    const view = await made;
    if (view.liftedAt === undefined) return view;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
  }
  throw new Refusal('conflict', liftedLegalHold);
}

/** `GET /v1/legal-holds?consumer=` */
export function listLegalHolds({ queue, silenceMs }: LegalHoldsContext): RequestHandler {
  return async (request, response) => {
    const { consumer } = parseOrThrow(legalHoldsQuerySchema, request.query, 'query');
    requireConsumer(callerOf(request), consumer);
    response.json({ holds: await within(silenceMs, queue.holds.legalHolds(consumer)) });
  };
}

/** `GET /v1/legal-holds/{id}` */
export function showLegalHold({ queue, silenceMs }: LegalHoldsContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    response.json(await within(silenceMs, aboutHold(queue.holds.getLegalHold(idOf(request)))));
  };
}

/** The body of `DELETE /v1/legal-holds/{id}`. */
export const liftBodySchema = z.strictObject({ reason: reasonSchema });

/** `DELETE /v1/legal-holds/{id}`: the hold as it was. Who lifts it is whom the token names. */
export function removeLegalHold({ queue, changeMs, log }: LegalHoldsContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const { reason } = parseOrThrow(liftBodySchema, request.body);
    const why = { reason, by: callerNameOf(request) };
    // After a 503 too: it goes on in Redis.
    const removed = queue.holds.removeLegalHold(idOf(request), why).then((view) => {
      logLegalHold(log, request, 'remove', view);
      return view;
    });
    response.json(await within(changeMs, aboutHold(removed)));
  };
}

/** `GET /v1/legal-holds/{id}/sessions`: all of them, as CSV or NDJSON. */
export function showHeldSessions({ queue, silenceMs }: LegalHoldsContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const source = { entries: queue.holds.heldSessions(idOf(request)), silenceMs, about: aboutHold };
    await answerSessions(request, response, source);
  };
}
