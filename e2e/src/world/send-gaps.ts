import { longestSendGapMs } from '@session-queue/core/engine';
import type { World } from './world.ts';

interface Begun {
  who: string;
  /** The key of the batch's record. */
  key: string;
  /** When begin-send's answer was passed on to the worker, epoch ms. */
  at: number;
}

/** How long after begin-send's answer calls left: what no fence can see (architecture: 'A sleeper between check and write'). */
export interface GapFigures {
  calls: number;
  p50Ms: number;
  p99Ms: number;
  longestMs: number;
  /** Calls that left later than the sender itself allows: its process slept between its last look at the clock and the write. */
  tooLate: number;
}

/** Notes every answer of begin-send, and later finds the call that each was followed by. Most of a gap is a wait for the slot. */
export class SendGaps {
  readonly #world: World;
  readonly #begun: Begun[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#watch();
  }

  async figures(): Promise<GapFigures> {
    const gaps = (await this.#gaps()).sort((one, other) => one - other);
    const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0;
    return {
      calls: gaps.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      longestMs: at(1),
      tooLate: gaps.filter((ms) => ms > longestSendGapMs).length,
    };
  }

  /** A point is reached once, so it is armed again and again. */
  #watch(): void {
    this.#world.at({ step: 'begin-send', when: 'after', by: 'worker' }, ({ who, words }) => {
      // evalsha, sha, 1, base, batch, ...
      const [base = '', batch = ''] = words.slice(3, 5).map(String);
      this.#begun.push({ who, key: `${base}batch:${batch}`, at: Date.now() });
      this.#watch();
      return 'pass';
    });
  }

  /** A batch's record says which reference its last call got, and the tap when that call left. */
  async #gaps(): Promise<number[]> {
    const sentAt = new Map(this.#world.calls.map(({ reference, sentAt }) => [reference, sentAt]));
    const lastBegun = new Map(this.#begun.map((begun) => [begun.key, begun]));
    const gaps: number[] = [];
    for (const { key, at } of lastBegun.values()) {
      const reference = await this.#world.redisClient.hget(key, 'reference');
      const left = reference === null ? undefined : sentAt.get(reference);
      if (left !== undefined && left >= at) gaps.push(left - at);
    }
    return gaps;
  }
}

export function sayGaps({ calls, p50Ms, p99Ms, longestMs, tooLate }: GapFigures): string {
  return `from begin-send's answer to the call: ${p50Ms} ms at the middle, ${p99Ms} ms at 99 %, ${longestMs} ms at most; ${tooLate} of ${calls} calls over ${longestSendGapMs} ms`;
}
