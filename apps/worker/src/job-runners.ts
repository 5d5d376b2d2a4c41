import { bullPrefix, type Kind, kinds, longestBlockMs, queueNames, type RedisConnection } from '@session-queue/core';
import { acceptedJobSchema, type ConsumerKeys } from '@session-queue/core/engine';
import { DelayedError, type Job, type Telemetry } from 'bullmq';
import type { Logger } from 'pino';
import type { Intake } from './intake/intake.ts';
import type { Observer } from './observer.ts';
import { consumerOf, runBatchJob } from './settle/batch-jobs.ts';
import type { FinishEntry } from './settle/finish-entry.ts';
import type { Mirror } from './settle/mirror.ts';
import { lookForStalledEveryMs, StalledJobs } from './stalled-jobs.ts';
import { within } from './stopping.ts';
import type { LifeSign } from './watchdog/life-sign.ts';
import { WatchedWorker } from './watchdog/watched-worker.ts';

/**
 * The job of a request may hold the only copy of its items, and its lane may have nothing else: of one whose worker has died that
 * is noticed within a lease. The job of a batch only mirrors.
 */
const roles = {
  requests: { concurrency: 16, lockDuration: 8_000 },
  batches: { concurrency: 32, lockDuration: 30_000 },
} as const;
type Role = keyof typeof roles;
/** How long an idle worker waits in one blocking command; a new job ends it at once. */
const idleBlockSeconds = longestBlockMs / 1_000;
/** After a fetch that failed; BullMQ's own 15 s would be most of what a recovery may take. */
const afterErrorMs = 2_000;
/** Without Redis even a forced close of BullMQ's workers does not end. */
const forcedCloseMs = 1_000;
/** BullMQ counts stalls over a job's whole life, and ours may live for weeks. */
const mostStalls = 1_000_000;

export interface JobRunnersOptions {
  /** Of the `blocking` kind: each worker duplicates it to wait for jobs. */
  redis: RedisConnection;
  prefix: string;
  telemetry: Telemetry | undefined;
  intake: Intake;
  keysOf: (consumer: string) => ConsumerKeys;
  mirror: Mirror;
  observer: Pick<Observer, 'jobRan'>;
  logger: Logger;
}

type Run = (job: Job, token: string) => Promise<unknown>;

/** The four BullMQ workers: requests come in through two, and all four finish what the records say is finished. */
export class JobRunners {
  readonly #options: JobRunnersOptions;
  readonly #workers: WatchedWorker[];
  readonly #stalledJobs: StalledJobs;

  constructor(options: JobRunnersOptions) {
    const { redis, intake, keysOf, logger } = options;
    this.#options = options;
    this.#workers = kinds.flatMap((kind) => [
      this.#worker('requests', kind, (job, token) => intake.run(kind, job, token)),
      this.#worker('batches', kind, (job, token) => runBatchJob(keysOf, kind, job, token)),
    ]);
    this.#stalledJobs = new StalledJobs({ redis, workers: this.#workers, logger });
  }

  start(): void {
    for (const worker of this.#workers) {
      worker.start((error) =>
        this.#options.logger.error({ err: error, queue: worker.name }, 'a BullMQ worker has ended by itself'),
      );
    }
    this.#stalledJobs.start();
  }

  signs(): LifeSign[] {
    return [this.#stalledJobs.sign, ...this.#workers.flatMap((worker) => [...worker.signs()])];
  }

  /** Lets running jobs end within `graceMs`; others run them again elsewhere. */
  async stop(graceMs: number): Promise<void> {
    const closed = Promise.all([this.#stalledJobs.stop(), ...this.#workers.map((worker) => worker.close())]);
    if (await within(graceMs, closed)) return;
    await within(forcedCloseMs, Promise.all(this.#workers.map((worker) => worker.close(true))));
  }

  #worker(role: Role, kind: Kind, run: Run): WatchedWorker {
    const { redis, prefix, telemetry, logger } = this.#options;
    const worker = new WatchedWorker(queueNames[kind][role], this.#measured(queueNames[kind][role], run), {
      connection: redis,
      prefix: bullPrefix(prefix),
      ...roles[role],
      skipStalledCheck: true,
      stalledInterval: lookForStalledEveryMs,
      maxStalledCount: mostStalls,
      drainDelay: idleBlockSeconds,
      runRetryDelay: afterErrorMs,
      skipVersionCheck: true,
      // Batches are traced by their calls, which their jobs only mirror.
      ...(role === 'requests' && telemetry !== undefined && { telemetry }),
    });
    // What ails its connection is said once, by the replica's own.
    worker.on('error', (error) => {
      const level = redis.status === 'ready' ? 'warn' : 'debug';
      logger[level]({ err: error, queue: worker.name }, 'a BullMQ worker met an error');
    });
    const what = role === 'requests' ? 'request' : 'batch';
    worker.on('completed', (job) => this.#ended(what, kind, job));
    worker.on('failed', (job) => job && this.#ended(what, kind, job));
    return worker;
  }

  #measured(queue: string, run: Run): Run {
    const { observer } = this.#options;
    return async (job, token) => {
      const from = performance.now();
      try {
        const result = await run(job, token);
        observer.jobRan(queue, 'completed', performance.now() - from);
        return result;
      } catch (error) {
        observer.jobRan(queue, error instanceof DelayedError ? 'delayed' : 'failed', performance.now() - from);
        throw error;
      }
    };
  }

  #ended(what: FinishEntry['what'], kind: Kind, job: Job): void {
    const consumer = consumerOf(job);
    const id = what === 'batch' ? job.id : acceptedJobSchema.safeParse(job.data).data?.request;
    if (consumer === undefined || id === undefined) return;
    this.#options.mirror
      .finished(this.#options.keysOf(consumer), { what, kind, id })
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'a finished job is noted later'));
  }
}
