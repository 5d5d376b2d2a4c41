import { itemLists, Refusal, type RequestView, reasonSchema, type SessionQueue } from '@session-queue/core';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { callerNameOf } from '../auth/caller.ts';
import { emptyBodySchema, emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { logProblem } from '../problems/problem-handler.ts';
import { openProblemOf } from '../problems/problem-of.ts';
import { type Change, logChange } from '../requests/log-change.ts';
import { pageLimit } from '../requests/page-limit.ts';
import { presentRequest } from '../requests/present.ts';
import { idOf } from '../requests/request-id.ts';
import { within } from '../server/deadline.ts';

export interface RequestsContext {
  queue: SessionQueue;
  /** How long a reading call waits for Redis. */
  silenceMs: number;
  /** How long a change may take: that of a request with millions of items takes many steps. */
  changeMs: number;
  log: Logger;
}

/** The query of `GET /v1/requests/{id}/items`. */
export const itemsQuerySchema = z.strictObject({
  state: z.enum(itemLists, 'must be failed, parked or stillThere'),
  next: z
    .string('must be given once')
    .max(1_000, 'must be the "next" of the page before')
    .optional()
    .meta({ description: '`next` of the page before' }),
  limit: pageLimit(1_000, 100),
});

/** The body of `POST /v1/requests/{id}/parked`. */
export const parkedBodySchema = z.strictObject({
  action: z.enum(['resend', 'fail'], 'must be resend or fail'),
});

/** `GET /v1/requests/{id}` */
export function showRequest({ queue, silenceMs }: RequestsContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const view = await within(silenceMs, queue.getRequest(id));
    if (view === undefined) throw new Refusal('not_found', 'no request has this id');
    sendView(response, view);
  };
}

/** `GET /v1/requests/{id}/items?state=failed|parked|stillThere&next=&limit=` */
export function listItems({ queue, silenceMs }: RequestsContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    const { state, next, limit } = parseOrThrow(itemsQuerySchema, request.query, 'query');
    const page = { ...(next === undefined ? {} : { next }), ...(limit === undefined ? {} : { limit }) };
    const found = await within(silenceMs, queue.listItems(id, state, page));
    response.json({
      items: found.items.map(({ item, code, message }) => ({ item, code, message })),
      ...(found.next === undefined ? {} : { next: found.next }),
    });
  };
}

/** `POST /v1/requests/{id}/cancel`, `/hold` and `/release`: the request as it is then. */
export function changeRequest(context: RequestsContext, change: 'cancel' | 'hold' | 'release'): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyBodySchema, request.body);
    await sendChanged(context, request, response, change, (id) => context.queue[change](id));
  };
}

/** The body of `POST /v1/requests/{id}/retry`. */
export const retryBodySchema = z.strictObject({ reason: reasonSchema });

/** `POST /v1/requests/{id}/retry` */
export function retryRequest(context: RequestsContext): RequestHandler {
  return async (request, response) => {
    const { reason } = parseOrThrow(retryBodySchema, request.body);
    const why = { reason, by: callerNameOf(request) };
    await sendChanged(context, request, response, 'retry', (id) => context.queue.retryFailed(id, why));
  };
}

/** `POST /v1/requests/{id}/parked` */
export function resolveParked(context: RequestsContext): RequestHandler {
  return async (request, response) => {
    const { action } = parseOrThrow(parkedBodySchema, request.body);
    const resolve = (id: string): Promise<RequestView> => context.queue.resolveParked(id, action);
    await sendChanged(context, request, response, `${action}-parked`, resolve);
  };
}

/** Changes a request, says so in the log, and answers with what it is then. */
export async function sendChanged(
  { changeMs, log }: RequestsContext,
  request: Request,
  response: Response,
  change: Change,
  begin: (id: string) => Promise<RequestView>,
): Promise<void> {
  const id = idOf(request);
  parseOrThrow(emptyQuerySchema, request.query, 'query');
  let isWaitedFor = true;
  // A 503 does not end it: it goes on in Redis, and the log says what became of it.
  const changed = begin(id).then(
    (view) => {
      logChange(log, request, change, view);
      return view;
    },
    (error: unknown) => {
      const problem = openProblemOf(error, id);
      if (!isWaitedFor) logProblem(log, request, problem);
      throw problem;
    },
  );
  try {
    sendView(response, await within(changeMs, changed));
  } catch (error) {
    isWaitedFor = false;
    throw openProblemOf(error, id);
  }
}

function sendView(response: Response, view: RequestView): void {
  response.json(presentRequest(view));
}
