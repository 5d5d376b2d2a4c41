import { setTimeout as sleep } from 'node:timers/promises';
import { type Deferred, deferred } from '@session-queue/testing';

/**
 * A named point on the way: right before a step reaches Redis or Learnosity, or right after it has had its effect there and before
 * whoever asked for it hears the answer. Steps are called
 * - as our scripts are: `claim`, `begin-send`, `record-reference`, `resolve`, ... (their .lua files)
 * - as BullMQ's are, with `bull:` before: `bull:moveToActive`, `bull:moveToDelayed`, ...
 * - as Redis's other commands are, in small letters: `set`, `hgetall`, ...
 * - as calls to Learnosity are: `call deletion`, `call resubmission`, `call jobs`
 */
export interface Point {
  step: string;
  when: 'before' | 'after';
  /** Who takes the step: a process ('worker-2', 'producer', 'service'), or 'worker' for any of them; anybody when absent. */
  by?: string;
  /** Which of them, where a step has several meanings. */
  where?: (moment: Moment) => boolean;
}

export interface Moment {
  /** Who takes the step. */
  who: string;
  /** The words of the Redis command, or none. */
  words: readonly Buffer[];
}

/** What becomes of the step, or of its answer, once it was looked at: it passes, or its connection is cut and it never arrives. */
export type Fate = 'pass' | 'cut';
export type Act = (moment: Moment) => Promise<Fate> | Fate;

export interface Armed {
  /** Resolves once the point was reached and its act is over. */
  readonly reached: Promise<Moment>;
  disarm(): void;
}

interface Trap {
  point: Point;
  act: Act;
  reached: Deferred<Moment>;
}

/** The points that are waited for. Each is reached once; the connection it is reached on is held until its act is over. */
export class Points {
  readonly #traps = new Set<Trap>();

  arm(point: Point, act: Act): Armed {
    const reached = deferred<Moment>();
    // It is the waiter's; a trap that nobody waits for must not end the process.
    reached.promise.catch(() => undefined);
    const trap: Trap = { point, act, reached };
    this.#traps.add(trap);
    return { reached: reached.promise, disarm: () => void this.#traps.delete(trap) };
  }

  /** Asked by the taps at every step. */
  async pass(step: string, when: Point['when'], moment: Moment): Promise<Fate> {
    for (const trap of this.#traps) {
      const { point, act, reached } = trap;
      if (point.step !== step || point.when !== when || !isBy(point, moment)) continue;
      if (point.where?.(moment) === false) continue;
      this.#traps.delete(trap);
      try {
        const fate = await act(moment);
        reached.resolve(moment);
        return fate;
      } catch (error) {
        reached.reject(error);
        return 'cut';
      }
    }
    return 'pass';
  }
}

function isBy({ by }: Point, { who }: Moment): boolean {
  return by === undefined || who === by || who.startsWith(`${by}-`);
}

/** Waits until a point was reached and its act is over; disarms it when nobody came in time. */
export async function reachedWithin(armed: Armed, name: string, timeoutMs: number): Promise<Moment> {
  const tooLong = new AbortController();
  const giveUp = sleep(timeoutMs, undefined, { signal: tooLong.signal }).then(() => {
    armed.disarm();
    throw new Error(`nobody came to the point '${name}' within ${timeoutMs / 1_000} s`);
  });
  giveUp.catch(() => undefined);
  try {
    return await Promise.race([armed.reached, giveUp]);
  } finally {
    tooLong.abort();
  }
}
