import { expect } from '@jest/globals';
import type { Redis } from 'ioredis';
import { type Batch, readBatch } from '../../../src/lanes/batch.ts';
import type { Claim } from '../../../src/lanes/claim-answer.ts';
import type { ConsumerKeys } from '../../../src/lanes/keys.ts';
import type { ItemOutcome, Lane, Resolution, SlotRelease } from '../../../src/lanes/lane.ts';
import { loseBatch } from '../../../src/lanes/looking.ts';
import { cancelRequest, openRequest, redriveItems, setHeld } from '../../../src/requests/control.ts';
import type { Kind } from '../../../src/requests/request.ts';
import { storeRequest } from '../../../src/requests/upload.ts';
import type { Lab } from '../../lanes/lab.ts';
import type { Action, Outcomes } from './actions.ts';
import { expectLaws, expectOutcomes, expectSame, placesOf } from './laws.ts';
import { Jobs, knowAll, lookForJob, lookTimes } from './looks.ts';
import { type Places, readPlaces, slotless, timeless } from './places.ts';
import { expectSessions, sessionsOf } from './sessions.ts';
import { backOf, expireLeases, letTimePass } from './time.ts';

export const calls = 4;
const windowMs = 60_000;
const retentionMs = 600_000;
/** The index is asked for every session with each so many looks: it would be most of the time else. */
const looksPerAsking = 8;

/** Does something; what it returns checks what that has led to. */
type Step = (before: Places) => Promise<((after: Places) => void) | undefined>;

interface KnownClaim {
  id: string;
  claim: Claim;
  attempt?: string;
}

/**
 * A lane, and all that its callers know of it: claims old and new, references, and what they were told. Time stands still but
 * for `let time pass` and `expire`.
 */
export class World {
  readonly #lab: Lab;
  readonly #reader: ConsumerKeys;
  readonly #kind: Kind;
  readonly #indexed: boolean;
  readonly #asked = new Map<string, string[]>();
  readonly #claims: KnownClaim[] = [];
  readonly #references: { batch: string; reference: string }[] = [];
  readonly #submitted = new Set<string>();
  readonly #attempts = new Map<string, string>();
  readonly #members = new Map<string, string>();
  readonly #jobs = new Jobs();
  readonly #ended = new Map<string, Set<string>>();
  #fingerprints = 0;
  #looks = 0;
  #now: Places;

  /** A fresh world. `reader` is a connection for looking at it all, best with automatic pipelines. */
  static async create(lab: Lab, reader: Redis, kind: Kind, indexed = false): Promise<World> {
    await lab.redis.flushall();
    const keys = { ...lab.next().keys, redis: reader };
    await knowAll(lab.lane());
    return new World(lab, keys, { kind, indexed }, await readPlaces(keys, kind));
  }

  constructor(lab: Lab, reader: ConsumerKeys, { kind, indexed }: { kind: Kind; indexed: boolean }, now: Places) {
    this.#lab = lab;
    this.#reader = reader;
    this.#kind = kind;
    this.#indexed = indexed;
    this.#now = now;
  }

  /** Does one thing, perhaps twice, and checks what must hold after it. */
  async do(action: Action): Promise<void> {
    const before = this.#now;
    const step = this.#step(action);
    if (step === undefined) return;
    const isOver = this.#isOfOldClaim(action);
    const after = await step(before);
    await this.#read();
    if (isOver) expectSame(timeless(slotless(this.#now)), timeless(slotless(before)));
    if (after !== undefined) after(this.#now);
    if (!action.twice) return;
    const once = timeless(this.#now);
    await step(this.#now);
    await this.#read();
    expectSame(timeless(this.#now), once);
  }

  /** Works until nothing is left: whatever happened, every request comes to its end. */
  async finish(): Promise<void> {
    for (const id of this.#asked.keys()) await setHeld(this.#lab.keys, id, 'release');
    for (let rounds = 0; ; rounds += 1) {
      await this.do({ do: 'mend', twice: false });
      await this.do({ do: 'let time pass', twice: false });
      await this.do({ do: 'expire', twice: false });
      await this.#letTimePass();
      while (await this.#look()) await this.#read();
      const busy = await this.#sendAll();
      for (const { id, parked } of this.#now.requests) {
        if (parked.length > 0) await this.#redrive(id, 'parked', 'fail', parked.length);
      }
      await this.#read();
      if (!busy) break;
      if (rounds > 300) throw new Error('the lane never comes to its end');
    }
    expect(this.#now.open).toEqual([]);
    if (this.#indexed) await expectSessions(this.#reader, this.#now, this.#asked);
  }

  get #lane(): Lane {
    const fingerprint = `key ${this.#fingerprints}`;
    const exclusive = this.#kind === 'resubmission';
    return this.#lab.lane(this.#kind, {
      quota: { calls, windowMs },
      deadlineMs: 10_000,
      fingerprint,
      retentionMs,
      exclusive,
    });
  }

  /** Reads where everything is, and checks the laws, those of the past included. */
  async #read(): Promise<void> {
    this.#now = await readPlaces(this.#reader, this.#kind);
    expectLaws(this.#now, this.#asked);
    this.#looks += 1;
    if (this.#indexed && this.#looks % looksPerAsking === 0) await expectSessions(this.#reader, this.#now, this.#asked);
    for (const { id, members } of this.#now.batches) {
      const known = this.#members.get(id);
      const seen = JSON.stringify(members);
      // Invariant 4.
      if (known !== undefined && known !== seen) throw new Error(`the members of batch ${id} have changed`);
      this.#members.set(id, seen);
    }
    for (const request of this.#now.requests) {
      const found = placesOf(this.#now, request);
      const ended = new Set(this.#asked.get(request.id)?.filter((item) => !found.has(item)));
      for (const item of this.#ended.get(request.id) ?? []) {
        if (!ended.has(item)) throw new Error(`${request.id}: ${item} was settled and is in ${found.get(item)?.[0]}`);
      }
      this.#ended.set(request.id, ended);
    }
  }

  /** Whether an action is of somebody whose batch another one has claimed since: it may free a slot, and change nothing else. */
  #isOfOldClaim(action: Action): boolean {
    if (action.do !== 'begin' && action.do !== 'lose' && action.do !== 'give back' && action.do !== 'resolve')
      return false;
    const claim = pick(this.#claims, action.of)?.claim;
    const batch = this.#now.batches.find(({ id }) => id === claim?.batch);
    return batch !== undefined && batch.fields.claims !== claim?.claims;
  }

  /** What an action does now; `undefined` when there is nothing to do it with. What it returns is checked afterwards. */
  #step(action: Action): Step | undefined {
    switch (action.do) {
      case 'request':
        return this.#request(action.size, action.ignoring);
      case 'claim':
        return this.#claim(`claim-${this.#claims.length}-${this.#members.size}`);
      case 'claim again':
        return this.#claimAgain(pick(this.#claims, action.of));
      case 'begin':
        return this.#with(action.of, (known) => this.#begin(known, action.arrives));
      case 'record':
        return this.#with(action.of, (known) => this.#record(known));
      case 'lose':
        return this.#with(action.of, (known) => this.#lose(known, action.arrives));
      case 'look':
        return async () => {
          if (action.passes) await this.#letTimePass();
          await this.#look();
          return undefined;
        };
      case 'give back':
        return this.#with(action.of, async ({ claim, attempt }) => {
          const hadNoEffect = action.cause !== 'unknown' && !this.#jobs.has(`${claim.batch}/${attempt}`);
          await this.#lane.giveBack(claim, releaseOf(action.slot), { ...backOf(action.cause), hadNoEffect });
        });
      case 'resolve':
        return this.#resolveClaim(pick(this.#claims, action.of), action);
      case 'settle': {
        const known = pick(this.#references, action.of);
        if (known === undefined) return undefined;
        return () => this.#resolve(known.batch, { reference: known.reference }, action);
      }
      case 'hold':
      case 'release': {
        const wanted = action.do;
        return this.#ofRequest(action.of, (id) => setHeld(this.#lab.keys, id, wanted));
      }
      case 'cancel':
        return this.#ofRequest(action.of, (id) => cancelRequest(this.#lab.keys, id, retentionMs));
      case 'retry':
        return this.#ofRequest(action.of, async (id) => {
          const { fields, failed } = this.#requestPlaces(id);
          const over = /^(failed|cancelled)$/.test(fields.state ?? '');
          if (over) await this.#redrive(id, 'failed', 'resend', failed.length);
        });
      case 'unpark':
        return this.#ofRequest(action.of, (id) =>
          this.#redrive(id, 'parked', action.action, this.#requestPlaces(id).parked.length),
        );
      case 'mend':
        this.#fingerprints += 1;
        return async () => undefined;
      case 'let time pass':
        return async () => {
          await this.#letTimePass();
          return undefined;
        };
      case 'expire':
        return async () => {
          await expireLeases(this.#lane, this.#now);
          return undefined;
        };
    }
  }

  #with(of: number, work: (known: KnownClaim) => Promise<unknown>): Step | undefined {
    const known = pick(this.#claims, of);
    if (known === undefined) return undefined;
    return async () => {
      await work(known);
      return undefined;
    };
  }

  #ofRequest(of: number, work: (id: string) => Promise<unknown>) {
    const id = pick([...this.#asked.keys()], of);
    if (id === undefined) return undefined;
    return async () => {
      await work(id);
      return undefined;
    };
  }

  #request(size: number, ignoring: boolean) {
    const id = `r${this.#asked.size}`;
    const isDeletion = this.#kind === 'deletion';
    const texts = this.#indexed
      ? sessionsOf(this.#asked.size, size)
      : Array.from({ length: size }, (_, i) => `${id} ${i}`);
    const items = isDeletion ? texts : texts.map((text) => Buffer.from(text).toString('base64'));
    this.#asked.set(id, isDeletion ? items : items.map((_, i) => String(i)));
    return async () => {
      const indexed = this.#indexed;
      await storeRequest(this.#lab.keys, { id, kind: this.#kind, ignoring: ignoring && !isDeletion, items, indexed });
      await openRequest(this.#lab.keys, id);
      return undefined;
    };
  }

  #claim(id: string) {
    return async (before: Places) => {
      const answer = await this.#lane.claim(id);
      if (answer.is !== 'batch') return undefined;
      const { claim } = answer;
      if (this.#claims.some((known) => known.id === id)) return undefined;
      this.#claims.push({ id, claim });
      // Invariant 3: a slot was free.
      const taken = [...before.queues.slots.values()].filter((until) => until > before.now);
      expect(taken.length).toBeLessThan(calls);
      // Invariant 5.
      if (this.#submitted.has(claim.batch))
        throw new Error(`batch ${claim.batch} was claimed with its reference recorded`);
      expect(['ready', undefined]).toContain(before.batches.find((batch) => batch.id === claim.batch)?.fields.state);
      return (after: Places) => {
        const batch = after.batches.find((one) => one.id === claim.batch);
        expect(batch?.members.length).toBeGreaterThan(0);
        expect(batch?.members.length).toBeLessThanOrEqual(50);
        const flags = batch?.members.map(({ request }) => this.#requestPlaces(request).fields.ignoring);
        expect(new Set(flags)).toEqual(new Set([batch?.fields.ignoring]));
      };
    };
  }

  /** The command comes once more, perhaps long after (invariant 11): it may tell of nothing that others were given since. */
  #claimAgain(known: KnownClaim | undefined) {
    if (known === undefined) return undefined;
    return async () => {
      expect(await this.#lane.claim(known.id)).toMatchObject({ is: 'batch', claim: known.claim });
      return undefined;
    };
  }

  async #begin(known: KnownClaim, arrives = true): Promise<void> {
    const { claim } = known;
    const permit = await this.#lane.beginSend(claim);
    if (permit.is === 'no') {
      await this.#lane.giveBack(claim, { how: 'unused' }, backOf('unsent'));
    } else if (permit.is === 'cancelled') {
      const batch = await this.#batch(claim.batch);
      const requests = new Set(permit.requests);
      const outcomes = batch.shares.flatMap(({ request, items }): ItemOutcome[] =>
        Array.from({ length: items }, () => (requests.has(request) ? 'cancelled' : 0)),
      );
      const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
      const release = { slot: claim.slot, as: { how: 'unused' } as const };
      await this.#lane.resolve(claim.batch, { claims: claim.claims }, { outcomes, children }, release);
    } else {
      known.attempt = permit.attempt;
      if (arrives) this.#jobs.make(`${claim.batch}/${permit.attempt}`, Date.now());
      // Only the holder of one claim ever sends an attempt, and no batch is sent whose reference is recorded (invariant 5).
      const attempt = `${claim.batch} ${permit.attempt}`;
      expect(this.#attempts.get(attempt) ?? claim.claims).toBe(claim.claims);
      this.#attempts.set(attempt, claim.claims);
      expect(this.#submitted).not.toContain(claim.batch);
    }
  }

  async #record({ claim, attempt }: KnownClaim): Promise<void> {
    if (attempt === undefined) return;
    const reference = `${claim.batch}/${attempt}`;
    // What never arrived has no answer.
    if (!this.#jobs.has(reference)) return;
    const recorded = await this.#lane.recordReference(claim, attempt, reference, { msSinceHeaders: 0, firstPollMs: 0 });
    if (!recorded || this.#submitted.has(claim.batch)) return;
    this.#submitted.add(claim.batch);
    this.#references.push({ batch: claim.batch, reference });
  }

  /** A call has no answer, and is set aside. */
  async #lose(known: KnownClaim, arrives: boolean): Promise<void> {
    if (!this.#lane.options.exclusive) return;
    if (known.attempt === undefined) await this.#begin(known, arrives);
    const reason = { code: 'code', message: 'message', times: lookTimes };
    await loseBatch(this.#lane, known.claim, { how: 'late' }, reason);
  }

  async #letTimePass(): Promise<void> {
    await letTimePass(this.#lab.keys, this.#kind, this.#now);
    this.#jobs.letTimePass();
  }

  /** Looks for a lost batch's job; `false` when none is due. Whatever it attaches is the batch's own (invariant 8). */
  async #look(): Promise<boolean> {
    const looked = await lookForJob(this.#lane, this.#jobs);
    if (looked.is !== 'attached') return looked.is === 'over';
    const { batch, attempt, reference } = looked;
    expect(reference).toBe(`${batch}/${attempt}`);
    this.#submitted.add(batch);
    this.#references.push({ batch, reference });
    return true;
  }

  #resolveClaim(known: KnownClaim | undefined, outcomes: Outcomes): Step | undefined {
    if (known === undefined) return undefined;
    return () => this.#resolve(known.claim.batch, { claims: known.claim.claims }, outcomes);
  }

  async #resolve(
    id: string,
    guard: { claims: string } | { reference: string },
    { pattern, halves }: Outcomes,
  ): Promise<((after: Places) => void) | undefined> {
    const batch = await this.#batch(id);
    const outcomes = Array.from({ length: batch.size }, (_, i) => pattern[i % pattern.length] ?? 'succeeded');
    const children = { halves, dueInMs: 0, halts: 0, unknown: 'reference' in guard };
    const resolution: Resolution = { outcomes, code: 'code', message: 'message', children };
    if ((await this.#lane.resolve(id, guard, resolution)) === undefined) return undefined;
    return (after) => expectOutcomes(after, id, outcomes);
  }

  async #redrive(id: string, from: 'failed' | 'parked', action: 'resend' | 'fail', items: number): Promise<void> {
    if (items > 0) await redriveItems(this.#lab.keys, id, { from, action, items, retentionMs });
  }

  /** Sends and settles what can be had now, and says whether there was anything. */
  async #sendAll(): Promise<boolean> {
    for (const { batch, reference } of this.#references) await this.#succeed(batch, { reference });
    for (let sent = 0; ; sent += 1) {
      const answer = await this.#lane.claim(`finish-${this.#members.size}-${this.#fingerprints}-${sent}`);
      if (answer.is !== 'batch') return sent > 0;
      if (sent > 2_000) throw new Error('the lane gives the same without end');
      await this.#begin({ id: '', claim: answer.claim });
      await this.#succeed(answer.claim.batch, { claims: answer.claim.claims }, answer.claim.slot);
    }
  }

  async #succeed(id: string, guard: { claims: string } | { reference: string }, slot = ''): Promise<void> {
    const { size } = await this.#batch(id);
    const outcomes = Array.from({ length: size }, () => 'succeeded' as const);
    await this.#lane.resolve(id, guard, { outcomes }, { slot, as: { how: 'unused' } });
  }

  #requestPlaces(id: string) {
    const found = this.#now.requests.find((request) => request.id === id);
    if (found === undefined) throw new Error(`no request ${id}`);
    return found;
  }

  async #batch(id: string): Promise<Batch> {
    const batch = await readBatch(this.#lab.keys, id);
    if (batch === undefined) throw new Error(`no batch ${id}`);
    return batch;
  }
}

/** The newest for 0, older ones for more, and round again. */
function pick<T>(known: readonly T[], of: number): T | undefined {
  return known.at(-1 - (of % Math.max(1, known.length)));
}

function releaseOf(how: SlotRelease['how']): SlotRelease {
  return how === 'anchor' ? { how, msSinceHeaders: 0 } : { how };
}
