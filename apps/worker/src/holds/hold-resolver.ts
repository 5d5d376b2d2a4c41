import { randomUUID } from 'node:crypto';
import { LearnosityError } from '@session-queue/core';
import {
  endHold,
  type FetchSessionsPage,
  type HoldToResolve,
  holdPage,
  putOffHold,
  takeHold,
  takeHoldSlot,
  walkSessions,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import { type MetadataOptions, metadataPage, restAfter, type TakeSlot } from '../metadata-page.ts';
import { isHopeless } from '../walker/hopeless.ts';

export interface HoldResolverOptions extends MetadataOptions {
  deadlineMs: number;
  logger: Logger;
}

/** Somebody else has the hold, it is lifted, or the worker stops. */
class LetGo extends Error {}

/**
 * Finds the sessions of users and activities under a legal hold: when the hold is made, and again before a deletion is opened that came
 * later. Deletions wait for it; a page that it cannot read just now it tries again, without end: with the first page where that is hopeless.
 */
export class HoldResolver extends ConsumerPart<HoldResolverOptions> {
  constructor(options: HoldResolverOptions) {
    super(options, { part: 'hold resolver', work: 'resolving legal holds' });
  }

  protected async step(): Promise<number> {
    const { keys } = this.options;
    const taken = await takeHold(keys, randomUUID());
    // The rounds wake whoever missed a message.
    if ('ms' in taken) return taken.ms ?? Number.POSITIVE_INFINITY;
    try {
      await this.#resolve(taken);
    } catch (error) {
      if (error instanceof LetGo) return 0;
      if (!(error instanceof LearnosityError)) throw error;
      await this.#putOff(taken, error);
    }
    return 0;
  }

  async #resolve(hold: HoldToResolve): Promise<void> {
    const { keys } = this.options;
    const takeSlot: TakeSlot = (slot) => this.#takeSlot(hold, slot);
    const fetchPage: FetchSessionsPage = (...page) => metadataPage(this.options, takeSlot, ...page);
    const { filter, from } = hold;
    for await (const { sessions, position } of walkSessions(filter, fetchPage, from && { from })) {
      const found = sessions.map(({ sessionId }) => sessionId);
      if (!(await holdPage(keys, hold, found, position))) throw new LetGo();
      hold.failures = 0;
    }
    await endHold(keys, hold);
  }

  async #takeSlot(hold: HoldToResolve, slot: string): ReturnType<TakeSlot> {
    const { keys, quota, deadlineMs } = this.options;
    if (this.loop.isStopping) throw new LetGo();
    this.loop.sign.show();
    const answer = await takeHoldSlot(keys, hold, slot, { quota, deadlineMs });
    if (answer.is === 'lost') throw new LetGo();
    return answer;
  }

  async #putOff(hold: HoldToResolve, error: LearnosityError): Promise<void> {
    const { decision, code, message } = error;
    const { keys, quota, logger } = this.options;
    const log = logger.child({ consumer: keys.consumer, hold: hold.id });
    log.warn({ decision, code, reason: message }, 'the sessions of a legal hold could not be read; deletions wait');
    const isAnew = isHopeless(error, hold);
    await putOffHold(keys, hold, restAfter(error, hold.failures, quota), { code: String(code), message, isAnew });
  }
}
