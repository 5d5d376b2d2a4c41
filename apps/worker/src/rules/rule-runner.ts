import { bullPrefix, longestBlockMs, type RedisConnection, ruleQueueName } from '@session-queue/core';
import { type RuleRun, RuleStore, redisNow, type StoredRun } from '@session-queue/core/engine';
import { DelayedError, type Job, type Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { Observer } from '../observer.ts';
import { lookForStalledEveryMs, StalledJobs } from '../stalled-jobs.ts';
import { within } from '../stopping.ts';
import type { LifeSign } from '../watchdog/life-sign.ts';
import { WatchedWorker } from '../watchdog/watched-worker.ts';
import { type CarriedBy, carryOut } from './carry-out.ts';
import { RuleJobs, ruleJobSchema } from './rule-jobs.ts';
import { RuleKeeper } from './rule-keeper.ts';

/** A run may store five million sessions; all others wait in no worker. */
const concurrency = 2;
const lockMs = 30_000;
const afterErrorMs = 2_000;
const failedStepMs = 10_000;
const forcedCloseMs = 1_000;
/** BullMQ counts stalls over a job's whole life. */
const mostStalls = 1_000_000;

export interface RuleRunnerOptions {
  redis: RedisConnection;
  /** Of the `blocking` kind: the BullMQ worker duplicates it to wait for jobs. */
  blocking: RedisConnection;
  prefix: string;
  rules: Queue;
  queue: CarriedBy;
  observer: Pick<Observer, 'ruleRan'>;
  logger: Logger;
}

/** Runs retention rules: begins what is due, and carries it out a step at a time, between which no worker is held. */
export class RuleRunner {
  readonly #options: RuleRunnerOptions;
  readonly #store: RuleStore;
  readonly #keeper: RuleKeeper;
  readonly #worker: WatchedWorker;
  readonly #stalledJobs: StalledJobs;

  constructor(options: RuleRunnerOptions) {
    const { redis, blocking, prefix, rules, observer, logger } = options;
    this.#options = options;
    this.#store = new RuleStore(redis, prefix);
    this.#keeper = new RuleKeeper({
      redis,
      store: this.#store,
      jobs: new RuleJobs(rules),
      onSkipped: ({ rule }) => observer.ruleRan(rule.consumer, rule.mode, 'skipped'),
      logger,
    });
    this.#worker = new WatchedWorker(ruleQueueName, (job, token) => this.#run(job, token), {
      connection: blocking,
      prefix: bullPrefix(prefix),
      concurrency,
      lockDuration: lockMs,
      skipStalledCheck: true,
      stalledInterval: lookForStalledEveryMs,
      maxStalledCount: mostStalls,
      drainDelay: longestBlockMs / 1_000,
      runRetryDelay: afterErrorMs,
      skipVersionCheck: true,
    });
    // What ails its connection is said once, by the replica's own.
    this.#worker.on('error', (error) =>
      logger.debug({ err: error, queue: ruleQueueName }, 'a BullMQ worker met an error'),
    );
    this.#stalledJobs = new StalledJobs({ redis: blocking, workers: [this.#worker], logger });
  }

  start(): void {
    const { logger } = this.#options;
    this.#worker.start((error) =>
      logger.error({ err: error, queue: ruleQueueName }, 'a BullMQ worker has ended by itself'),
    );
    this.#stalledJobs.start();
    this.#keeper.start();
  }

  /** A rule was set or removed, or somebody has one run. */
  wake(): void {
    this.#keeper.wake();
  }

  signs(): LifeSign[] {
    return [this.#keeper.sign, this.#stalledJobs.sign, ...this.#worker.signs()];
  }

  /** Lets a step under way end within `graceMs`; others go on with it elsewhere. */
  async stop(graceMs: number): Promise<void> {
    const closed = Promise.all([this.#keeper.stop(), this.#stalledJobs.stop(), this.#worker.close()]);
    if (await within(graceMs, closed)) return;
    await within(forcedCloseMs, this.#worker.close(true));
  }

  async #run(job: Job, token: string): Promise<void> {
    const { logger } = this.#options;
    const parsed = ruleJobSchema.safeParse(job.data);
    if (!parsed.success) {
      logger.warn({ queue: ruleQueueName }, 'a job that is none of a rule was passed over');
      return;
    }
    const { data } = parsed;
    try {
      const waitMs = 'moment' in data ? await this.#step(data.rule, data.moment) : await this.#beginDue(data.rule);
      if (waitMs === undefined) return;
      await job.moveToDelayed(Date.now() + waitMs, token);
    } catch (error) {
      logger.error({ err: error, rule: data.rule }, 'a step of a rule failed; trying again');
      await job.moveToDelayed(Date.now() + failedStepMs, token);
    }
    throw new DelayedError();
  }

  /** The bell may ring too early by a clock that is wrong: the keeper begins what is due then. */
  async #beginDue(rule: string): Promise<undefined> {
    const stored = await this.#store.find(rule);
    if (stored !== undefined) await this.#keeper.beginDue(stored, await redisNow(this.#options.redis));
  }

  /** The next step of a run; answers how long to wait for the one after it, or `undefined` at its end. */
  async #step(name: string, moment: number): Promise<number | undefined> {
    const { redis, queue, observer, logger } = this.#options;
    const [stored, found] = await Promise.all([this.#store.find(name), this.#store.findRun(name, moment)]);
    if (found !== undefined && found.run.state !== 'selecting') return undefined;
    if (found === undefined) return await this.#forget(name, moment);
    const now = await redisNow(redis);
    const carried = await carryOut(queue, { name, moment, run: found.run, stored }, now);
    if (carried.is === 'waits') return carried.ms;
    const run: RuleRun = { ...found.run, ...carried.end, finishedAt: new Date(await redisNow(redis)).toISOString() };
    if (!(await this.#store.endRun(name, found, run))) return undefined;
    const { state, count, request, error } = run;
    const level = state === 'failed' ? 'error' : 'info';
    logger[level](
      { rule: name, state, items: count, request, code: error?.code, reason: error?.message },
      'a rule has run',
    );
    observer.ruleRan(stored?.rule.consumer ?? '', run.mode, state);
    return undefined;
  }

  /** A run without a record can never end, and would stand in the way of all others. */
  async #forget(name: string, moment: number): Promise<undefined> {
    const at = new Date(moment).toISOString();
    const error = { code: 'lost', message: 'The record of this run is gone. The next run tries again' };
    const run: RuleRun = { moment: at, mode: 'report', state: 'failed', startedAt: at, finishedAt: at, error };
    const gone: Pick<StoredRun, 'moment' | 'text'> = { moment, text: '' };
    await this.#store.endRun(name, gone, run);
  }
}
