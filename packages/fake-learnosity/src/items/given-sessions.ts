import type { SessionSeed } from '../settings/session-seed.ts';
import type { MadeSessions } from './made-sessions.ts';
import type { SessionIds } from './session-ids.ts';
import { SessionOrder } from './session-order.ts';
import type { SessionFacts } from './session-record.ts';

/** Sessions that were made together: theirs are the numbers from `first` on. */
interface MadeRun {
  readonly first: number;
  readonly made: MadeSessions;
}

/** What was said of sessions, by number: that they exist, with what is known of them, or that they are gone. */
export class GivenSessions {
  readonly #ids: SessionIds;
  readonly #startedAt: number;
  /** Listed sessions; `undefined` for an id alone. */
  readonly #listed = new Map<number, SessionSeed | undefined>();
  readonly #gone = new Set<number>();
  readonly #runs: MadeRun[] = [];
  #order: SessionOrder | undefined;

  /** `startedAt` is the time of whatever happened to a session of which nothing else is told. */
  constructor(ids: SessionIds, startedAt: number) {
    this.#ids = ids;
    this.#startedAt = startedAt;
  }

  list(session: string | SessionSeed): number {
    const number = this.#ids.add(typeof session === 'string' ? session : session.sessionId);
    this.#listed.set(number, typeof session === 'string' ? undefined : session);
    this.#gone.delete(number);
    this.#order = undefined;
    return number;
  }

  listGone(id: string): void {
    const number = this.#ids.add(id);
    this.#listed.delete(number);
    this.#gone.add(number);
  }

  /** Draws the ids of these sessions. All are new: no two seeds make the same UUID. */
  make(made: MadeSessions): void {
    this.#runs.push({ first: this.#ids.size, made });
    for (const id of made.ids()) this.#ids.add(id);
    this.#order = undefined;
  }

  /** How often sessions were made. */
  get runs(): number {
    return this.#runs.length;
  }

  isGone(number: number): boolean {
    return this.#gone.has(number);
  }

  exists(number: number): boolean {
    return this.#listed.has(number) || (this.#runOf(number) !== undefined && !this.#gone.has(number));
  }

  facts(number: number): SessionFacts {
    const seed = this.#listed.get(number);
    const run = this.#listed.has(number) ? undefined : this.#runOf(number);
    if (run !== undefined) return run.made.facts(this.#ids.key(number), number - run.first);
    return {
      userId: seed?.userId ?? 'learner',
      activityId: seed?.activityId ?? null,
      status: seed?.status ?? 'Completed',
      metadata: seed?.metadata === undefined ? {} : seed.metadata,
      updatedAt: Math.floor(seed?.updatedAt ?? this.#startedAt),
      startedAt: seed?.startedAt ?? this.#startedAt,
      completedAt: seed?.completedAt ?? null,
    };
  }

  /** All but the gone, in the order of their numbers. */
  *numbers(): Generator<number> {
    for (const number of this.#listed.keys()) yield number;
    for (const { first, made } of this.#runs) {
      for (let number = first; number < first + made.count; number += 1) {
        if (!this.#listed.has(number) && !this.#gone.has(number)) yield number;
      }
    }
  }

  order(): SessionOrder {
    if (this.#order === undefined) {
      const numbers = Uint32Array.from(this.numbers());
      this.#order = new SessionOrder(
        numbers,
        Float64Array.from(numbers, (number) => this.facts(number).updatedAt),
      );
    }
    return this.#order;
  }

  #runOf(number: number): MadeRun | undefined {
    return this.#runs.find(({ first, made }) => number >= first && number < first + made.count);
  }
}
