import { expect } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { ConsumerKeys } from '../../../src/lanes/keys.ts';
import type { Lane } from '../../../src/lanes/lane.ts';
import { cancelRequest, openRequest, redriveItems, setHeld } from '../../../src/requests/control.ts';
import type { Kind } from '../../../src/requests/request.ts';
import { storeRequest } from '../../../src/requests/upload.ts';
import type { Lab } from '../../lanes/lab.ts';
import type { Action } from './actions.ts';
import { Callers, calls, type KnownClaim, pick, type Step } from './callers.ts';
import { expectLaws, expectSame } from './laws.ts';
import { knowAll } from './looks.ts';
import { Past } from './past.ts';
import { type Places, readPlaces, slotless, timeless } from './places.ts';
import { expectSessions, sessionsOf } from './sessions.ts';
import { expireLeases, letTimePass } from './time.ts';

const windowMs = 60_000;
const retentionMs = 600_000;
/** The index is asked for every session with each so many looks: it would be most of the time else. */
const looksPerAsking = 8;

/** A lane, its requests, and those who call it. Time stands still but for `let time pass` and `expire`. */
export class World {
  readonly #lab: Lab;
  readonly #reader: ConsumerKeys;
  readonly #kind: Kind;
  readonly #indexed: boolean;
  readonly #asked = new Map<string, string[]>();
  readonly #callers = new Callers(() => this.#lane);
  readonly #past = new Past();
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
    const isOver = this.#callers.isOfOldClaim(action, before);
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
      while (await this.#callers.look()) await this.#read();
      const busy = await this.#callers.sendAll(`finish-${this.#past.batches}-${this.#fingerprints}`);
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
    this.#past.check(this.#now, this.#asked);
  }

  /** What an action does now; `undefined` when there is nothing to do it with. What it returns is checked afterwards. */
  #step(action: Action): Step | undefined {
    switch (action.do) {
      case 'request':
        return this.#request(action.size, action.ignoring);
      case 'claim':
        return this.#callers.claim(`claim-${this.#callers.claims.length}-${this.#past.batches}`);
      case 'claim again':
        return this.#callers.claimAgain(pick(this.#callers.claims, action.of));
      case 'begin':
        return this.#with(action.of, (known) => this.#callers.begin(known, action.arrives));
      case 'record':
        return this.#with(action.of, (known) => this.#callers.record(known));
      case 'lose':
        return this.#with(action.of, (known) => this.#callers.lose(known, action.arrives));
      case 'look':
        return async () => {
          if (action.passes) await this.#letTimePass();
          await this.#callers.look();
          return undefined;
        };
      case 'give back':
        return this.#with(action.of, (known) => this.#callers.giveBack(known, action));
      case 'resolve':
        return this.#callers.resolveClaim(pick(this.#callers.claims, action.of), action);
      case 'settle': {
        const known = pick(this.#callers.references, action.of);
        if (known === undefined) return undefined;
        return () => this.#callers.resolve(known.batch, { reference: known.reference }, action);
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
    const known = pick(this.#callers.claims, of);
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

  async #letTimePass(): Promise<void> {
    await letTimePass(this.#lab.keys, this.#kind, this.#now);
    this.#callers.letTimePass();
  }

  async #redrive(id: string, from: 'failed' | 'parked', action: 'resend' | 'fail', items: number): Promise<void> {
    if (items > 0) await redriveItems(this.#lab.keys, id, { from, action, items, retentionMs });
  }

  #requestPlaces(id: string) {
    const found = this.#now.requests.find((request) => request.id === id);
    if (found === undefined) throw new Error(`no request ${id}`);
    return found;
  }
}
