import { randomUUID } from 'node:crypto';
import { defaultConsumer, type Kind, type SessionQueue } from '@session-queue/core';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { callerOf } from '../auth/caller.ts';
import { requireConsumer } from '../auth/consumer-limits.ts';
import { type CallbackFault, checkCallbackUrl } from '../callbacks/callback-check.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.ts';
import { type OnceAnswer, runOnce } from '../idempotency/run-once.ts';
import { problemOf } from '../problems/problem-of.ts';
import { type Ask, parseAsk } from '../requests/ask.ts';
import { digestAsk } from '../requests/ask-digest.ts';
import { logChange } from '../requests/log-change.ts';
import { presentRequest, requestPath } from '../requests/present.ts';
import { storeAsk } from '../requests/store-ask.ts';
import { type Watch, whileMoving } from '../server/deadline.ts';

export interface AcceptContext {
  queue: SessionQueue;
  idempotency: IdempotencyRecords;
  silenceMs: number;
  log: Logger;
  callbackFault: CallbackFault;
}

/** `POST /v1/deletions` and `POST /v1/resubmissions`: answers 202 once the request is durable. */
export function acceptRequests(kind: Kind, context: AcceptContext): RequestHandler {
  return async (request, response) => {
    const name = idempotencyNameOf(request);
    const caller = callerOf(request);
    const ask = signedBy(caller.name, parseAsk(kind, request.body));
    requireConsumer(caller, ask.notes.consumer ?? defaultConsumer);
    checkCallbackUrl(context.callbackFault, ask.notes.callbackUrl);
    const keep = async (id: string, watch: Watch): Promise<string> => {
      const view = await storeAsk(context.queue, ask, id, watch);
      logChange(context.log, request, 'create', view);
      return JSON.stringify(presentRequest(view));
    };
    // Chosen before the first word with Redis: a 503 can name it, whatever has become of the request.
    let requestId: string = randomUUID();
    try {
      const answer = await whileMoving(context.silenceMs, async (watch): Promise<OnceAnswer> => {
        if (name === undefined) return { requestId, answer: await keep(requestId, watch), replayed: false };
        const onBegun = (id: string): void => {
          requestId = id;
        };
        const once = { name, digest: digestAsk(ask), requestId, watch, onBegun };
        return await runOnce(context.idempotency, once, async (id) => await keep(id, watch));
      });
      sendAccepted(response, answer);
    } catch (error) {
      const problem = problemOf(error);
      throw problem.status === 503 || problem.kind === 'in-progress' ? problem.about(requestId) : problem;
    }
  };
}

/** Who asks is, unless the body says, the service that the API key is for. */
function signedBy(caller: string | undefined, ask: Ask): Ask {
  const requestedBy = ask.notes.requestedBy ?? caller;
  return requestedBy === undefined ? ask : { ...ask, notes: { ...ask.notes, requestedBy } };
}

function sendAccepted(response: Response, { requestId, answer, replayed }: OnceAnswer): void {
  if (replayed) response.set('Idempotent-Replayed', 'true');
  response.status(202).location(requestPath(requestId)).type('application/json').send(answer);
}
