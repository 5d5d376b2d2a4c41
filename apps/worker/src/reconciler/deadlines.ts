import { type Kind, kinds } from '@session-queue/core';
import { type DeadlinesCursor, firstDeadline, judgeDeadlines, type Lane } from '@session-queue/core/engine';
import type { Logger } from 'pino';

/**
 * Judges the deadlines of a consumer's open requests, a slice of each lane at a time, so that those at risk go first and people know of
 * them. Every replica does it.
 */
export class Deadlines {
  readonly #lanes: Record<Kind, Lane>;
  readonly #logger: Logger;
  readonly #cursors: Record<Kind, DeadlinesCursor> = { deletion: firstDeadline, resubmission: firstDeadline };

  constructor(lanes: Record<Kind, Lane>, logger: Logger) {
    this.#lanes = lanes;
    this.#logger = logger;
  }

  async judge(): Promise<void> {
    for (const kind of kinds) {
      const { keys, options } = this.#lanes[kind];
      const { next, atRisk, missed } = await judgeDeadlines(keys, kind, this.#cursors[kind], options.quota);
      this.#cursors[kind] = next;
      const about = { consumer: keys.consumer, kind };
      if (atRisk > 0)
        this.#logger.warn({ ...about, requests: atRisk }, 'requests are at risk of missing their deadline');
      if (missed > 0) this.#logger.error({ ...about, requests: missed }, 'requests have missed their deadline');
    }
  }
}
