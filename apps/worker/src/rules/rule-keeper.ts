import type { RedisConnection } from '@session-queue/core';
import type { StoredRule } from '@session-queue/core/engine';
import { redisNow } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { Loop } from '../loop.ts';
import type { LifeSign } from '../watchdog/life-sign.ts';
import type { RuleJobs, RuleRecords } from './rule-jobs.ts';

const everyMs = 5_000;
/** What nobody removes by hand is as it should be: looked at less often. */
const mirrorEveryMs = 60_000;

export interface RuleKeeperOptions {
  redis: RedisConnection;
  store: RuleRecords;
  jobs: RuleJobs;
  /** A run was noted as skipped. */
  onSkipped: (stored: StoredRule) => void;
  logger: Logger;
}

/**
 * Begins what is due, sees that each run under way has its job and each rule its scheduler, whatever was lost or removed by hand. Every
 * replica does it: a run is begun by its record, once.
 */
export class RuleKeeper {
  readonly #options: RuleKeeperOptions;
  readonly #loop: Loop;
  #mirrored = '';
  #mirrorDueAt = 0;

  constructor(options: RuleKeeperOptions) {
    this.#options = options;
    this.#loop = new Loop({
      part: 'the keeper of rules',
      step: () => this.#round(),
      onError: (error) => {
        options.logger.error({ err: error }, 'keeping rules failed; trying again');
        return everyMs;
      },
    });
  }

  get sign(): LifeSign {
    return this.#loop.sign;
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Begins the run of a rule that is due by its record and Redis's clock, and adds its job. */
  async beginDue(stored: StoredRule, now: number): Promise<void> {
    const { store, jobs, onSkipped, logger } = this.#options;
    const { name, due } = stored;
    if (due === undefined || due > now) return;
    const { is } = await store.beginRun(stored, due, { due });
    if (is === 'begun') {
      logger.info({ rule: name, consumer: stored.rule.consumer, lateMs: now - due }, 'a rule is due: its run begins');
      await jobs.addRun(name, due);
    }
    if (is === 'skipped') {
      logger.warn({ rule: name }, 'a rule is due while its run before is under way: this one is skipped');
      onSkipped(stored);
    }
  }

  async #round(): Promise<number> {
    const { redis, store, jobs, logger } = this.#options;
    const rules = await store.list();
    const now = rules.length === 0 ? 0 : await redisNow(redis);
    for (const stored of rules) {
      this.sign.show();
      // First what is under way: a run that is begun here has its job already.
      if (stored.open !== undefined) await jobs.addRun(stored.name, stored.open);
      await this.beginDue(stored, now);
    }
    const standing = rules.map(({ name, revision }) => `${name} ${revision}`).join('\n');
    if (standing !== this.#mirrored || performance.now() >= this.#mirrorDueAt) {
      const changed = await jobs.mirror(rules);
      if (changed.length > 0) logger.info({ rules: changed }, 'the job schedulers of rules were set anew');
      this.#mirrored = standing;
      this.#mirrorDueAt = performance.now() + mirrorEveryMs;
    }
    return everyMs * (0.75 + Math.random() / 2);
  }
}
