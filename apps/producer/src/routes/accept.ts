import { defaultConsumer, type Kind, type RequestView, type SessionQueue } from '@session-queue/core';
import { requestSpan, type Tracing } from '@session-queue/tracing';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { callerOf } from '../auth/caller.ts';
import { requireConsumer } from '../auth/consumer-limits.ts';
import { type CallbackFault, checkCallbackUrl } from '../callbacks/callback-check.ts';
import { type Doing, doOnce } from '../idempotency/do-once.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.ts';
import type { OnceAnswer } from '../idempotency/run-once.ts';
import type { ProducerMetrics } from '../metrics/producer-metrics.ts';
import { parseOrThrow } from '../problems/field-faults.ts';
import { openProblemOf } from '../problems/problem-of.ts';
import { type Ask, parseAsk } from '../requests/ask.ts';
import { digestAsk } from '../requests/ask-digest.ts';
import { jsonQuerySchemas } from '../requests/json-query.ts';
import { logChange } from '../requests/log-change.ts';
import { presentRequest, requestPath } from '../requests/present.ts';
import { storeAsk } from '../requests/store-ask.ts';
import { noteRequest } from '../tracing/trace-requests.ts';

export interface AcceptContext {
  queue: SessionQueue;
  idempotency: IdempotencyRecords;
  silenceMs: number;
  log: Logger;
  metrics: Pick<ProducerMetrics, 'accepted'> | undefined;
  callbackFault: CallbackFault;
  /** Nothing is traced when absent. */
  tracing?: Tracing | undefined;
}

/** What is to be accepted, however it comes. */
export interface Acceptance extends Omit<Doing, 'work' | 'onId'> {
  store: Doing['work'];
}

/** `POST /v1/deletions` and `POST /v1/resubmissions` with a JSON body: answers 202 once the request is durable. */
export function acceptRequests(kind: Kind, context: AcceptContext): RequestHandler {
  return async (request, response) => {
    const name = idempotencyNameOf(request);
    parseOrThrow(jsonQuerySchemas[kind], request.query, 'query');
    const ask = permitted(request, context, parseAsk(kind, request.body));
    await answerAccepted(response, context, {
      name,
      digest: () => digestAsk(ask),
      store: async (id, watch) => {
        const view = await storeAsk(context.queue, ask, id, watch);
        noteAccepted(context, request, view);
        return JSON.stringify(presentRequest(view));
      },
    });
  };
}

/** Accepts, at most once under its key, and answers; a problem says which request it is about where that may have been kept. */
export async function answerAccepted(
  response: Response,
  context: AcceptContext,
  { store, ...acceptance }: Acceptance,
): Promise<void> {
  const { tracing } = context;
  const work: Acceptance['store'] =
    tracing === undefined ? store : (id, ...how) => tracing.within(requestSpan(id), () => store(id, ...how));
  // A 503 can name it, whatever has become of the request.
  let requestId = '';
  const onId = (id: string): void => {
    requestId = id;
  };
  try {
    sendAccepted(response, await doOnce(context, { ...acceptance, work, onId }));
  } catch (error) {
    throw openProblemOf(error, requestId);
  }
}

/** A request was stored for the first time: that is logged and counted. */
export function noteAccepted({ log, metrics }: AcceptContext, request: Request, view: RequestView): void {
  logChange(log, request, 'create', view);
  metrics?.accepted(view);
}

/** The ask, signed by its caller; throws where they may not ask for this consumer, or nobody may be told of the end there. */
export function permitted<T extends Pick<Ask, 'notes'>>(
  request: Request,
  context: AcceptContext,
  ask: T,
): T & Pick<Ask, 'keyName'> {
  const caller = callerOf(request);
  requireConsumer(caller, ask.notes.consumer ?? defaultConsumer);
  checkCallbackUrl(context.callbackFault, ask.notes.callbackUrl);
  return signedBy(caller.name, ask);
}

/** Who asks is, unless the request says, the service that the API key is for; whose token it was is kept beside. */
function signedBy<T extends Pick<Ask, 'notes'>>(caller: string | undefined, ask: T): T & Pick<Ask, 'keyName'> {
  const requestedBy = ask.notes.requestedBy ?? caller;
  const notes = requestedBy === undefined ? ask.notes : { ...ask.notes, requestedBy };
  return { ...ask, notes, keyName: caller };
}

function sendAccepted(response: Response, { requestId, answer, replayed }: OnceAnswer): void {
  if (replayed) response.set('Idempotent-Replayed', 'true');
  noteRequest(response, { requestId, isNew: !replayed });
  response.status(202).location(requestPath(requestId)).type('application/json').send(answer);
}
