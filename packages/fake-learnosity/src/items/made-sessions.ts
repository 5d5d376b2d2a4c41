import type { z } from 'zod';
import type { makeSessionsSchema } from '../settings/make-sessions.ts';
import { Random } from '../settings/random.ts';
import type { SessionStatus } from '../settings/session-seed.ts';
import type { SessionFacts } from './session-record.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const longestMs = 120 * minuteMs;

/** Statuses by their share of all sessions, added up. */
const statusShares: readonly (readonly [number, SessionStatus])[] = [
  [0.8, 'Completed'],
  [0.9, 'Incomplete'],
  [0.95, 'Pending Scoring'],
  [1, 'Discarded'],
];

/**
 * Sessions made from a seed: the ids are drawn once, and all else of a session follows from its id, so that nothing but the id
 * is kept. The same seed, numbers and span make the same sessions.
 */
export class MadeSessions {
  readonly count: number;
  readonly #seed: string;
  readonly #users: number;
  readonly #activities: number;
  readonly #withoutMetadata: number;
  readonly #from: number;
  readonly #to: number;

  constructor(spec: z.output<typeof makeSessionsSchema>, seed: string, now: number) {
    this.count = spec.count;
    this.#seed = seed;
    this.#users = spec.users ?? Math.ceil(spec.count / 10);
    this.#activities = spec.activities ?? Math.ceil(spec.count / 100);
    this.#withoutMetadata = spec.withoutMetadata;
    this.#to = Math.floor(spec.to ?? Math.max(now, spec.from ?? 0));
    this.#from = spec.from ?? Math.max(0, this.#to - 30 * dayMs);
  }

  *ids(): Generator<string> {
    const random = new Random(this.#seed);
    for (let made = 0; made < this.count; made += 1) yield random.uuid();
  }

  /** What is known of the session with this id, packed into four words, the `place`th of those made. */
  facts(key: Uint32Array, place: number): SessionFacts {
    const [a = 0, , , b = 0] = key;
    const span = this.#to - this.#from;
    const lasts = Math.floor(Math.min(span, minuteMs + fraction(b, 1) * (longestMs - minuteMs)));
    const startedAt = this.#from + Math.floor(fraction(b, 2) * (span - lasts));
    const drawn = fraction(b, 3);
    const [, status] = statusShares.find(([upTo]) => drawn < upTo) ?? [1, 'Discarded' as const];
    const isCompleted = status === 'Completed' || status === 'Pending Scoring';
    return {
      userId: `user-${1 + Math.floor(fraction(a, 1) * this.#users)}`,
      activityId: `activity-${1 + Math.floor(fraction(a, 2) * this.#activities)}`,
      status,
      metadata: fraction(a, 3) < this.#withoutMetadata ? null : { made: place + 1 },
      updatedAt: startedAt + lasts,
      startedAt,
      completedAt: isCompleted ? startedAt + lasts : null,
    };
  }
}

/** From 0 up to, but never, 1: another one for each `use` of the same random word. */
function fraction(word: number, use: number): number {
  let mixed = Math.imul(word ^ (use * 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
