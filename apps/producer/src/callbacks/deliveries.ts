import { type Answer, type RequestView, type Transport, TransportFailure } from '@session-queue/core';
import {
  type ConsumerKeys,
  callbackId,
  callbackJobSchema,
  noteCallback,
  readRequest,
} from '@session-queue/core/engine';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Logger } from 'pino';
import type { ProducerMetrics } from '../metrics/producer-metrics.ts';
import { DeliveryError, lastFailure } from './delivery-error.ts';
import { callbackEvent } from './event.ts';
import type { Reach } from './reach.ts';
import { readRetryAfter } from './retry-delay.ts';
import { signatureHeaders } from './signature.ts';

/** Nobody needs more than a status; what is longer is not read. */
const maxAnswerBytes = 64 * 1024;
const gone = 410;

export interface DeliveriesOptions {
  keysOf: (consumer: string) => ConsumerKeys;
  secrets: readonly Buffer[];
  reach: Reach;
  transport: Transport;
  /** From the name's look-up to the last byte of the answer. */
  deadlineMs: number;
  /** Cuts what is on the wire. */
  signal: AbortSignal;
  logger: Logger;
  metrics?: Pick<ProducerMetrics, 'calledBack'> | undefined;
}

/** One attempt to tell of a request's end. */
interface Attempt {
  id: string;
  url: URL;
  view: RequestView;
  finishedAt: string;
}

/**
 * What the job of a callback does when it runs: it tells of the end of its request and notes in the record what became of that. A
 * receiver that answers 2xx has been told. It may be told twice, when whoever told it dies before that is noted, and knows so by the
 * `webhook-id`.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  async run(job: Job): Promise<unknown> {
    const data = callbackJobSchema.safeParse(job.data).data;
    if (data === undefined) throw lastFailure('its data are no callback');
    const { request, consumer, finishedAt } = data;
    const keys = this.#options.keysOf(consumer);
    const view = await readRequest(keys, request);
    if (view === undefined) throw lastFailure('the record of its request is gone');
    // It was retried since: its next end has a callback of its own.
    if (view.callbackUrl === undefined || view.finishedAt !== finishedAt) return { outcome: 'outdated' };
    if (view.callback?.state === 'delivered') return { outcome: 'delivered before' };
    const url = new URL(view.callbackUrl);
    const attempts = job.attemptsMade + 1;
    const note = (state: 'pending' | 'delivered' | 'failed') =>
      noteCallback(keys, request, { finishedAt: Date.parse(finishedAt), state, attempts });
    const told = { request, consumer, host: url.host, attempts };
    try {
      const status = await this.#attempt({ id: callbackId(request, finishedAt), url, view, finishedAt });
      await note('delivered');
      this.#options.metrics?.calledBack('delivered');
      this.#options.logger.info({ ...told, status }, 'a callback was delivered');
      return { outcome: 'delivered', status };
    } catch (error) {
      const last = error instanceof UnrecoverableError || attempts >= (job.opts.attempts ?? 1);
      await note(last ? 'failed' : 'pending');
      this.#options.metrics?.calledBack(last ? 'failed' : 'retried');
      const why = error instanceof Error ? error.message : 'unknown';
      this.#options.logger.warn({ ...told, why, last }, 'a callback was not delivered');
      throw error;
    }
  }

  /** Answers with a status of 2xx. */
  async #attempt(attempt: Attempt): Promise<number> {
    const { url } = attempt;
    const fault = this.#options.reach.faultOf(url);
    if (fault !== undefined) throw new DeliveryError(`its URL ${fault} (${url.host})`);
    const { status, retryAfter } = await this.#send(attempt);
    if (status >= 200 && status < 300) return status;
    const answered = `answered ${status} (${url.host})`;
    if (status === gone) throw lastFailure(answered);
    throw new DeliveryError(answered, readRetryAfter(retryAfter));
  }

  async #send({ id, url, view, finishedAt }: Attempt): Promise<Answer> {
    const { secrets, reach, transport, deadlineMs, signal } = this.#options;
    const body = JSON.stringify(callbackEvent(view, finishedAt));
    const timestamp = Math.floor(Date.now() / 1_000);
    try {
      return await transport.send({
        url,
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'session-queue',
          ...signatureHeaders(secrets, { id, timestamp, body }),
        },
        body: Buffer.from(body),
        deadlineMs,
        maxAnswerBytes,
        // A connection that is kept was looked up once, and its address is not looked at again.
        freshConnection: true,
        lookup: reach.lookupFor(url),
        signal,
      });
    } catch (error) {
      const why = error instanceof TransportFailure ? error.why : 'NETWORK';
      throw new DeliveryError(`no whole answer: ${why} (${url.host})`);
    }
  }
}
