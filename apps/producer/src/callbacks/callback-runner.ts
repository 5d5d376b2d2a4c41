import {
  bullPrefix,
  callbackQueueName,
  createTransport,
  longestBlockMs,
  type RedisConnection,
} from '@session-queue/core';
import { consumerKeys, LenientWorker } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import type { ProducerMetrics } from '../metrics/producer-metrics.ts';
import { within } from '../server/deadline.ts';
import { Deliveries } from './deliveries.ts';
import { DeliveryError } from './delivery-error.ts';
import type { Reach } from './reach.ts';
import { type RetryTimes, retryDelayMs, retryTimes } from './retry-delay.ts';

const concurrency = 20;
const defaultDeadlineMs = 15_000;
/** What a producer that died was delivering is taken up by another within a minute: so long after, and two looks later. */
const defaultLockMs = 30_000;
/** After a fetch that failed. */
const afterErrorMs = 2_000;
/** BullMQ counts stalls over a job's whole life: that of a callback is a day. */
const mostStalls = 1_000_000;
/** For what was cut to be written down; without Redis even a forced close of BullMQ's workers does not end. */
const closingMs = 1_000;

export interface CallbackRunnerOptions {
  /** Of the `blocking` kind: the BullMQ worker duplicates it to wait for jobs. */
  redis: RedisConnection;
  prefix: string;
  secrets: readonly Buffer[];
  reach: Reach;
  logger: Logger;
  metrics?: ProducerMetrics | undefined;
  /** How long a receiver may take for its whole answer (15,000 ms). */
  deadlineMs?: number;
  retries?: RetryTimes;
  lockMs?: number;
}

/** Delivers the callbacks of requests that have ended; any number of producers share them. */
export class CallbackRunner {
  readonly #options: CallbackRunnerOptions;
  readonly #worker: LenientWorker;
  readonly #transport = createTransport();
  readonly #cut = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(options: CallbackRunnerOptions) {
    const { redis, prefix, secrets, reach, logger } = options;
    const { deadlineMs = defaultDeadlineMs, retries = retryTimes, lockMs = defaultLockMs } = options;
    this.#options = options;
    const deliveries = new Deliveries({
      keysOf: (consumer) => consumerKeys(redis, prefix, consumer),
      secrets,
      reach,
      transport: this.#transport,
      deadlineMs,
      signal: this.#cut.signal,
      logger,
      metrics: options.metrics,
    });
    this.#worker = new LenientWorker(callbackQueueName, (job) => deliveries.run(job), {
      connection: redis,
      prefix: bullPrefix(prefix),
      autorun: false,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: Math.round(lockMs / 2),
      maxStalledCount: mostStalls,
      drainDelay: longestBlockMs / 1_000,
      runRetryDelay: afterErrorMs,
      skipVersionCheck: true,
      settings: {
        backoffStrategy: (attempts, _type, error) =>
          retryDelayMs(retries, attempts, error instanceof DeliveryError ? error.retryAfterMs : undefined),
      },
    });
    // What ails its connection is said once, by the connection's own log.
    this.#worker.on('error', (error) => {
      logger[redis.status === 'ready' ? 'warn' : 'debug']({ err: error }, 'the deliverer of callbacks met an error');
    });
  }

  start(): void {
    this.#worker.run().catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'the deliverer of callbacks has ended by itself');
    });
  }

  /** Lets deliveries under way end within the grace, then cuts them: they are tried again. Safe twice, or unstarted. */
  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    const closed = this.#worker.close();
    if (!(await endsWithin(graceMs, closed))) {
      this.#cut.abort();
      if (!(await endsWithin(closingMs, closed))) await endsWithin(closingMs, this.#worker.close(true));
    }
    this.#transport.stop();
  }
}

async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return await within(ms, work).then(
    () => true,
    () => false,
  );
}
