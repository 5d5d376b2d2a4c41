import type { SessionSeed } from '../settings/session-seed.ts';
import { CountColumn, TimeColumn } from './columns.ts';
import { GivenSessions } from './given-sessions.ts';
import type { MadeSessions } from './made-sessions.ts';
import { type Afterlife, afterlifeOf, isBack, type Removals } from './removal.ts';
import { SessionIds } from './session-ids.ts';
import type { OrderPlace } from './session-order.ts';
import type { SessionFacts, SessionNow, SessionRecord } from './session-record.ts';

/** What the books know of one session. Times are epoch ms. */
export interface SessionBook {
  /** Accepted delete calls that named it. */
  calls: number;
  /** When a completed job last removed it. */
  deletedAt: number | null;
  /** Only where a script had its removal linger: until when `/sessions/metadata` went on showing it. */
  shownUntil?: number;
  /** Only where a script brings it back: from when it exists again. */
  reappearsAt?: number;
}

/** Which records, in which order, and from where on. */
export interface RecordWalk {
  readonly direction: 1 | -1;
  readonly after: OrderPlace | undefined;
  readonly fits: (facts: SessionFacts) => boolean;
}

export interface SessionStoreOptions {
  sessions: Iterable<string | SessionSeed>;
  gone: Iterable<string>;
  everySessionExists: boolean;
  lean: boolean;
  startedAt: number;
}

/** The sessions that exist, and per session how often its deletion was accepted. A lean store adds no ids of calls. */
export class SessionStore {
  readonly #ids = new SessionIds();
  readonly #given: GivenSessions;
  readonly #calls = new CountColumn();
  readonly #deletedAt = new TimeColumn();
  /** Of the removed, those whose removal is not at once and for good. */
  readonly #afterlives = new Map<number, Afterlife>();
  readonly #everySessionExists: boolean;
  readonly #lean: boolean;
  #totals = emptyTotals();

  constructor(options: SessionStoreOptions) {
    this.#everySessionExists = options.everySessionExists;
    this.#lean = options.lean;
    this.#given = new GivenSessions(this.#ids, options.startedAt);
    for (const session of options.sessions) this.#given.list(session);
    for (const id of options.gone) this.#given.listGone(id);
  }

  /** From now on this session exists, as it is given, whatever was known of it. A reset keeps it. */
  give(session: string | SessionSeed): void {
    const number = this.#given.list(session);
    this.#deletedAt.unset(number);
    this.#afterlives.delete(number);
  }

  /** How often sessions were made. */
  get made(): number {
    return this.#given.runs;
  }

  make(sessions: MadeSessions): void {
    this.#given.make(sessions);
  }

  exists(id: string, now: number): boolean {
    return this.#isThere(this.#ids.find(id), now);
  }

  /** The id's number, or -1 for one that a lean store has not kept. */
  numberOf(id: string): number {
    return this.#ids.find(id);
  }

  /** Books an accepted delete call. Returns the numbers of its sessions, for `remove`. */
  nameInCall(ids: ReadonlySet<string>, now: number): Uint32Array {
    const numbers: number[] = [];
    this.#totals.named += ids.size;
    for (const id of ids) {
      const number = this.#lean ? this.#ids.find(id) : this.#ids.add(id);
      if (!this.#isThere(number, now)) this.#totals.absent += 1;
      if (number < 0) continue;
      numbers.push(number);
      const calls = this.#calls.increment(number);
      if (calls === 1) this.#totals.distinct += 1;
      if (calls === 2) this.#totals.repeated += 1;
    }
    return Uint32Array.from(numbers);
  }

  /** A deletion job of `count` sessions has completed. Those without a number (lean) count as deleted each time. */
  remove(numbers: Uint32Array, count: number, at: number, removals?: Removals): void {
    this.#totals.deleted += count - numbers.length;
    for (const number of numbers) {
      if (!this.#isThere(number, at)) continue;
      this.#deletedAt.set(number, at);
      this.#totals.deleted += 1;
      const removal = removals?.get(number);
      if (removal === undefined) this.#afterlives.delete(number);
      else this.#afterlives.set(number, afterlifeOf(removal, at));
    }
  }

  /** The session's record, or undefined if it is not shown. */
  record(id: string, ordinal: number, now: number): SessionRecord | undefined {
    const number = this.#ids.find(id);
    return this.#isShown(number, now) ? { sessionId: id, ordinal, ...this.#given.facts(number) } : undefined;
  }

  /** Every session given or made that is shown and fits, from `after` on by the last update. */
  *records(walk: RecordWalk, now: number): Generator<SessionRecord> {
    for (const number of this.#given.order().walk(walk.direction, walk.after)) {
      if (!this.#isShown(number, now)) continue;
      const facts = this.#given.facts(number);
      if (walk.fits(facts)) yield { sessionId: this.#ids.text(number), ordinal: number, ...facts };
    }
  }

  /** Every session given or made, and what has become of it. */
  *all(now: number): Generator<SessionNow> {
    for (const number of this.#given.numbers()) {
      const facts = this.#given.facts(number);
      const exists = this.#isThere(number, now);
      const shown = facts.metadata !== null && this.#isShown(number, now);
      yield { sessionId: this.#ids.text(number), ...facts, exists, shown };
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

  /** `lingering`: removed, and shown all the same; `reappeared`: removed, and back. Both as of now. */
  totals(now: number): Readonly<ReturnType<typeof emptyTotals> & { lingering: number; reappeared: number }> {
    let lingering = 0;
    let reappeared = 0;
    for (const afterlife of this.#afterlives.values()) {
      if (isBack(afterlife, now)) reappeared += 1;
      else if (now < afterlife.shownUntil) lingering += 1;
    }
    return { ...this.#totals, lingering, reappeared };
  }

  /** What was deleted exists again, nothing was named. */
  reset(): void {
    this.#calls.clear();
    this.#deletedAt.clear();
    this.#afterlives.clear();
    this.#totals = emptyTotals();
  }

  #isThere(number: number, now: number): boolean {
    if (this.#given.isGone(number)) return false;
    const isRemoved = number >= 0 && this.#deletedAt.get(number) !== null;
    if (isRemoved && !isBack(this.#afterlives.get(number), now)) return false;
    return this.#everySessionExists || this.#given.exists(number);
  }

  #isShown(number: number, now: number): boolean {
    return this.#isThere(number, now) || now < (this.#afterlives.get(number)?.shownUntil ?? 0);
  }

  #bookOf(number: number): SessionBook {
    const afterlife = this.#afterlives.get(number);
    const deletedAt = this.#deletedAt.get(number);
    return {
      calls: this.#calls.get(number),
      deletedAt,
      ...(afterlife !== undefined && afterlife.shownUntil !== deletedAt && { shownUntil: afterlife.shownUntil }),
      ...(afterlife !== undefined && afterlife.reappearsAt !== null && { reappearsAt: afterlife.reappearsAt }),
    };
  }
}

function emptyTotals() {
  return { named: 0, distinct: 0, repeated: 0, absent: 0, deleted: 0 };
}
