import type { Kind } from '@session-queue/core';
import type { BusyConsumers, Survey } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { Loop } from '../loop.ts';
import type { LifeSign } from '../watchdog/life-sign.ts';

const everyMs = 5_000;

/** What the rounds look at and wake, for one consumer. */
export interface Visited {
  repair: { run(onStep: () => void): Promise<Survey> };
  pumps: Record<Kind, { wake(): void }>;
  tracker: { wake(): void };
  seeker: { wake(): void };
  walker: { wake(): void };
  resolver: { wake(): void };
  verifier: { wake(): void };
  archivist: { wake(): void };
}

export interface RoundsOptions {
  busy: BusyConsumers;
  consumers: ReadonlyMap<string, Visited>;
  logger: Logger;
}

/**
 * The replica's rounds: every few seconds it looks at each busy consumer and at one quiet one, mends, and wakes whatever missed its
 * message. So an idle replica costs the same however many consumers it knows.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #loop: Loop;
  /** Quiet consumers that are still to be looked at before the next time round. */
  #quiet: string[] = [];

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#loop = new Loop({
      part: 'the rounds',
      step: () => this.#round(),
      onError: (error) => {
        options.logger.error({ err: error }, 'the rounds failed; trying again');
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

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #round(): Promise<number> {
    const { busy, consumers } = this.#options;
    const marked = new Set(await busy.list());
    for (const name of marked) await this.#visit(name, true);
    if (this.#quiet.length === 0) this.#quiet = [...consumers.keys()];
    const next = this.#quiet.find((name) => !marked.has(name));
    this.#quiet = next === undefined ? [] : this.#quiet.slice(this.#quiet.indexOf(next) + 1);
    if (next !== undefined) await this.#visit(next, false);
    return everyMs * (0.75 + Math.random() / 2);
  }

  async #visit(name: string, marked: boolean): Promise<void> {
    const { busy, consumers, logger } = this.#options;
    const visited = consumers.get(name);
    if (visited === undefined) return;
    // With many consumers a round is long, and goes on all the same.
    this.sign.show();
    try {
      const { quiet, claimable, nextDueMs, nextLookMs, nextWalkMs, nextVerificationMs } = await visited.repair.run(() =>
        this.sign.show(),
      );
      visited.archivist.wake();
      if (quiet && marked) await busy.unmark(name);
      if (!quiet && !marked) await busy.mark(name);
      for (const kind of claimable) visited.pumps[kind].wake();
      if (nextDueMs !== undefined && nextDueMs < everyMs) visited.tracker.wake();
      if (nextLookMs !== undefined && nextLookMs < everyMs) visited.seeker.wake();
      visited.resolver.wake();
      if (nextWalkMs !== undefined && nextWalkMs < everyMs) visited.walker.wake();
      if (nextVerificationMs !== undefined && nextVerificationMs < everyMs) visited.verifier.wake();
    } catch (error) {
      logger.error({ err: error, consumer: name }, 'reconciling failed; trying again');
    }
  }
}
