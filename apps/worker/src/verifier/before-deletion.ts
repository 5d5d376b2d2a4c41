import { randomUUID } from 'node:crypto';
import { LearnosityError } from '@session-queue/core';
import { recordLookBefore, takeCheckSlot, takeLookBefore } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { type MetadataOptions, metadataPage, type TakeSlot } from '../metadata-page.ts';
import { backoffMs } from '../sender/backoff.ts';

/** The first of a deletion, whose looks it waits for: as in verification/scripts/seen.lua. */
const firstSessions = 250;

/** The worker stops. */
class LetGo extends Error {}

export interface BeforeDeletionOptions extends MetadataOptions {
  deadlineMs: number;
  /** Between looks that nothing waits for; shorter than the time in which the lane sends as many. */
  paceMs: number;
  logger: Logger;
  /** Called before each piece of work; `false` once the worker stops. */
  beforeEach: () => boolean;
}

/**
 * Looks for sessions that are to be deleted, ahead of the lane and within the metadata endpoint's own quota: one that Learnosity shows
 * can be verified later. What the lane takes before it was looked for goes out all the same, and is unverifiable.
 */
export class BeforeDeletion {
  readonly #options: BeforeDeletionOptions;
  #failures = 0;

  constructor(options: BeforeDeletionOptions) {
    this.#options = options;
  }

  /** Looks for up to 50; answers in how many ms there may be more, 0 for at once. */
  async step(): Promise<number> {
    const { keys, paceMs, logger } = this.#options;
    const token = randomUUID();
    const claim = await takeLookBefore(keys, token);
    if (claim.is === 'empty') return claim.ms ?? Number.POSITIVE_INFINITY;
    const { look } = claim;
    try {
      const shown = await this.#shownOf(look.sessionIds);
      await recordLookBefore(keys, token, look, { shown });
      this.#failures = 0;
    } catch (error) {
      if (error instanceof LetGo) await recordLookBefore(keys, token, look, { nextMs: 0 });
      else if (error instanceof LearnosityError) {
        const { decision, code, message } = error;
        logger.warn({ consumer: keys.consumer, decision, code, reason: message }, 'sessions could not be looked for');
        // Learnosity refuses one of the ids: they go out unseen, and others are looked for.
        const isRefused = decision === 'item' || decision === 'absent';
        const rest = isRefused ? { shown: new Set<string>() } : { nextMs: backoffMs(this.#failures) };
        await recordLookBefore(keys, token, look, rest);
        this.#failures += 1;
      } else throw error;
    }
    return look.first < firstSessions ? 0 : paceMs;
  }

  async #shownOf(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { keys, quota, deadlineMs, beforeEach } = this.#options;
    const takeSlot: TakeSlot = async (slot) => {
      if (!beforeEach()) throw new LetGo();
      return await takeCheckSlot(keys, { token: '', slot, pieces: [] }, { quota, deadlineMs });
    };
    const { sessions } = await metadataPage(this.#options, takeSlot, { sessionIds: [...sessionIds] }, {});
    return new Set(sessions.map(({ sessionId }) => sessionId));
  }
}
