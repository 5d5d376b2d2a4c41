import { defaultConsumer, type SelectionInput, type Selections, selectionInputSchema } from '@session-queue/core';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { callerOf } from '../auth/caller.ts';
import { requireConsumer } from '../auth/consumer-limits.ts';
import { doOnce } from '../idempotency/do-once.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.ts';
import { emptyBodySchema, emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { aboutSelection } from '../problems/unknown-things.ts';
import { logSelection } from '../requests/log-change.ts';
import { idOf } from '../requests/request-id.ts';
import { digestSelectionInput } from '../selections/selection-ask.ts';
import { within } from '../server/deadline.ts';

export interface SelectionsContext {
  queue: Selections;
  idempotency: IdempotencyRecords;
  silenceMs: number;
  log: Logger;
}

/** `POST /v1/selections`: answers 202 once the selection is durable; a worker walks its pages then. */
export function makeSelection(context: SelectionsContext): RequestHandler {
  const { queue, log } = context;
  return async (request, response) => {
    const name = idempotencyNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const input = permitted(request, parseOrThrow(selectionInputSchema, request.body));
    const made = await doOnce(context, {
      name,
      digest: () => digestSelectionInput(input),
      work: async (id) => {
        const view = await queue.select({ ...input, id });
        logSelection(log, request, 'create', view);
        return JSON.stringify(view);
      },
    });
    if (made.replayed) response.set('Idempotent-Replayed', 'true');
    response.status(202).location(selectionPath(made.requestId)).type('application/json').send(made.answer);
  };
}

/** `GET /v1/selections/{id}` */
export function showSelection({ queue, silenceMs }: SelectionsContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    response.json(await within(silenceMs, aboutSelection(queue.getSelection(id))));
  };
}

/** `POST /v1/selections/{id}/cancel`: the selection as it is then. */
export function cancelSelection({ queue, silenceMs, log }: SelectionsContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    parseOrThrow(emptyBodySchema, request.body);
    // After a 503 too: it goes on in Redis.
    const cancelled = queue.cancelSelection(id).then((view) => {
      logSelection(log, request, 'cancel', view);
      return view;
    });
    response.json(await within(silenceMs, aboutSelection(cancelled)));
  };
}

/** What is asked, signed by its caller; throws where they may not ask for this consumer. */
function permitted(request: Request, input: SelectionInput): SelectionInput {
  const caller = callerOf(request);
  requireConsumer(caller, input.consumer ?? defaultConsumer);
  const requestedBy = input.requestedBy ?? caller.name;
  return requestedBy === undefined ? input : { ...input, requestedBy };
}

function selectionPath(id: string): string {
  return `/v1/selections/${encodeURIComponent(id)}`;
}
