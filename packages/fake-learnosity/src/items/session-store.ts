import type { SessionSeed, SessionStatus } from '../settings/options.ts';
import { CountColumn, TimeColumn } from './columns.ts';
import { SessionIds } from './session-ids.ts';

/** A session as `/sessions/metadata` sees it. `ordinal` breaks ties of `updatedAt`. Times are epoch milliseconds. */
export interface SessionRecord {
  sessionId: string;
  userId: string;
  activityId: string | null;
  status: SessionStatus;
  metadata: Readonly<Record<string, unknown>> | null;
  updatedAt: number;
  startedAt: number;
  completedAt: number | null;
  ordinal: number;
}

/** What the books know of one session. */
export interface SessionBook {
  /** Accepted delete calls that named it. */
  calls: number;
  /** When a completed job removed it, epoch ms. */
  deletedAt: number | null;
}

export interface SessionStoreOptions {
  sessions: Iterable<string | SessionSeed>;
  gone: Iterable<string>;
  everySessionExists: boolean;
  lean: boolean;
  startedAt: number;
}

const existing = 1;
const gone = 2;

/** The sessions that exist, and per session how often its deletion was accepted. A lean store adds no ids of calls. */
export class SessionStore {
  readonly #ids = new SessionIds();
  readonly #calls = new CountColumn();
  readonly #deletedAt = new TimeColumn();
  readonly #seeds = new Map<number, SessionSeed>();
  /** What was given at the start, by number: `existing` or `gone`. Ids of calls have no entry. */
  readonly #given = new Map<number, number>();
  readonly #everySessionExists: boolean;
  readonly #lean: boolean;
  readonly #startedAt: number;
  #totals = emptyTotals();

  constructor(options: SessionStoreOptions) {
    this.#everySessionExists = options.everySessionExists;
    this.#lean = options.lean;
    this.#startedAt = options.startedAt;
    for (const session of options.sessions) {
      const number = this.#ids.add(typeof session === 'string' ? session : session.sessionId);
      this.#given.set(number, existing);
      if (typeof session !== 'string') this.#seeds.set(number, session);
    }
    for (const id of options.gone) this.#given.set(this.#ids.add(id), gone);
  }

  exists(id: string): boolean {
    return this.#isThere(this.#ids.find(id));
  }

  /** Books an accepted delete call. Returns the numbers of its sessions, for `remove`. */
  nameInCall(ids: ReadonlySet<string>): Uint32Array {
    const numbers: number[] = [];
    this.#totals.named += ids.size;
    for (const id of ids) {
      const number = this.#lean ? this.#ids.find(id) : this.#ids.add(id);
      if (!this.#isThere(number)) this.#totals.absent += 1;
      if (number < 0) continue;
      numbers.push(number);
      const calls = this.#calls.increment(number);
      if (calls === 1) this.#totals.distinct += 1;
      if (calls === 2) this.#totals.repeated += 1;
    }
    return Uint32Array.from(numbers);
  }

  /** A deletion job of `count` sessions has completed. Those without a number (lean) count as deleted each time. */
  remove(numbers: Uint32Array, count: number, at: number): void {
    this.#totals.deleted += count - numbers.length;
    for (const number of numbers) {
      if (!this.#isThere(number)) continue;
      this.#deletedAt.set(number, at);
      this.#totals.deleted += 1;
    }
  }

  /** The session's record, or undefined if it does not exist. */
  record(id: string, ordinal: number): SessionRecord | undefined {
    const number = this.#ids.find(id);
    return this.#isThere(number) ? this.#recordOf(id, number, ordinal) : undefined;
  }

  /** Every session that was given at the start and still exists. */
  *records(): Generator<SessionRecord> {
    for (const number of this.#given.keys()) {
      if (this.#isThere(number)) yield this.#recordOf(this.#ids.text(number), number, number);
    }
  }

  book(id: string): SessionBook {
    const number = this.#ids.find(id);
    return number < 0 ? { calls: 0, deletedAt: null } : this.#bookOf(number);
  }

  /** Every session that an accepted call named. */
  *books(): Generator<[string, SessionBook]> {
    for (let number = 0; number < this.#ids.size; number += 1) {
      const book = this.#bookOf(number);
      if (book.calls > 0) yield [this.#ids.text(number), book];
    }
  }

  totals(): Readonly<ReturnType<typeof emptyTotals>> {
    return this.#totals;
  }

  /** As at the start: what was deleted exists again, nothing was named. */
  reset(): void {
    this.#calls.clear();
    this.#deletedAt.clear();
    this.#totals = emptyTotals();
  }

  #isThere(number: number): boolean {
    const given = this.#given.get(number);
    if (given === gone || (number >= 0 && this.#deletedAt.get(number) !== null)) return false;
    return given === existing || this.#everySessionExists;
  }

  #bookOf(number: number): SessionBook {
    return { calls: this.#calls.get(number), deletedAt: this.#deletedAt.get(number) };
  }

  #recordOf(sessionId: string, number: number, ordinal: number): SessionRecord {
    const seed = this.#seeds.get(number);
    return {
      sessionId,
      userId: seed?.userId ?? 'learner',
      activityId: seed?.activityId ?? null,
      status: seed?.status ?? 'Completed',
      metadata: seed?.metadata === undefined ? {} : seed.metadata,
      // Whole milliseconds: it stands in page tokens.
      updatedAt: Math.floor(seed?.updatedAt ?? this.#startedAt),
      startedAt: seed?.startedAt ?? this.#startedAt,
      completedAt: seed?.completedAt ?? null,
      ordinal,
    };
  }
}

function emptyTotals() {
  return { named: 0, distinct: 0, repeated: 0, absent: 0, deleted: 0 };
}
