import type { RedisConnection } from '@session-queue/core';
import type { Logger } from 'pino';
import { Loop } from './loop.ts';
import type { LifeSign } from './watchdog/life-sign.ts';
import type { WatchedWorker } from './watchdog/watched-worker.ts';

/** However many replicas look, BullMQ lets one of them do so within this time. */
export const lookForStalledEveryMs = 4_000;

export interface StalledJobsOptions {
  redis: RedisConnection;
  workers: readonly WatchedWorker[];
  logger: Logger;
}

/**
 * Gives the jobs of workers that have died to others. BullMQ looks for them by itself, but each look costs seven commands however idle
 * its queue: too many to look every few seconds. This one looks only where a job is active.
 */
export class StalledJobs {
  readonly #options: StalledJobsOptions;
  readonly #loop: Loop;

  constructor(options: StalledJobsOptions) {
    this.#options = options;
    this.#loop = new Loop({
      part: 'the look for stalled jobs',
      step: () => this.#look(),
      onError: (error) => {
        options.logger.debug({ err: error }, 'the look for stalled jobs failed; trying again');
        return lookForStalledEveryMs;
      },
    });
  }

  get sign(): LifeSign {
    return this.#loop.sign;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(): Promise<number> {
    const { redis, workers, logger } = this.#options;
    if ((await redis.exists(...workers.map((worker) => worker.toKey('active')))) === 0) return lookForStalledEveryMs;
    for (const worker of workers) {
      const jobs = (await worker.giveBackStalled()).length;
      if (jobs > 0) logger.warn({ queue: worker.name, jobs }, 'jobs whose worker had let go of them are run again');
    }
    return lookForStalledEveryMs;
  }
}
