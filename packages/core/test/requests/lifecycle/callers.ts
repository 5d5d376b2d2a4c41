import { expect } from '@jest/globals';
import { type Batch, readBatch } from '../../../src/lanes/batch.ts';
import type { Claim } from '../../../src/lanes/claim-answer.ts';
import type { ItemOutcome, Lane, Resolution, SlotRelease } from '../../../src/lanes/lane.ts';
import { loseBatch } from '../../../src/lanes/looking.ts';
import type { Action, Outcomes } from './actions.ts';
import { expectOutcomes } from './laws.ts';
import { Jobs, lookForJob, lookTimes } from './looks.ts';
import type { Places } from './places.ts';
import { backOf } from './time.ts';

export const calls = 4;

/** Does something; what it returns checks what that has led to. */
export type Step = (before: Places) => Promise<((after: Places) => void) | undefined>;

export interface KnownClaim {
  id: string;
  claim: Claim;
  attempt?: string;
}

/** All that the callers of a lane know: claims old and new, references, and what they were told. */
export class Callers {
  readonly #lane: () => Lane;
  readonly #claims: KnownClaim[] = [];
  readonly #references: { batch: string; reference: string }[] = [];
  readonly #submitted = new Set<string>();
  readonly #attempts = new Map<string, string>();
  readonly #jobs = new Jobs();

  /** `lane` opens it as those would who call it now. */
  constructor(lane: () => Lane) {
    this.#lane = lane;
  }

  get claims(): readonly KnownClaim[] {
    return this.#claims;
  }

  get references(): readonly { batch: string; reference: string }[] {
    return this.#references;
  }

  /** Whether an action is of somebody whose batch another one has claimed since: it may free a slot, and change nothing else. */
  isOfOldClaim(action: Action, now: Places): boolean {
    if (action.do !== 'begin' && action.do !== 'lose' && action.do !== 'give back' && action.do !== 'resolve')
      return false;
    const claim = pick(this.#claims, action.of)?.claim;
    const batch = now.batches.find(({ id }) => id === claim?.batch);
    return batch !== undefined && batch.fields.claims !== claim?.claims;
  }

  claim(id: string): Step {
    return async (before: Places) => {
      const answer = await this.#lane().claim(id);
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
        const flags = batch?.members.map(
          ({ request }) => after.requests.find(({ id }) => id === request)?.fields.ignoring,
        );
        expect(new Set(flags)).toEqual(new Set([batch?.fields.ignoring]));
      };
    };
  }

  /** The command comes once more, perhaps long after (invariant 11): it may tell of nothing that others were given since. */
  claimAgain(known: KnownClaim | undefined): Step | undefined {
    if (known === undefined) return undefined;
    return async () => {
      expect(await this.#lane().claim(known.id)).toMatchObject({ is: 'batch', claim: known.claim });
      return undefined;
    };
  }

  async begin(known: KnownClaim, arrives = true): Promise<void> {
    const { claim } = known;
    const permit = await this.#lane().beginSend(claim);
    if (permit.is === 'no') {
      await this.#lane().giveBack(claim, { how: 'unused' }, backOf('unsent'));
    } else if (permit.is === 'cancelled') {
      const batch = await this.#batch(claim.batch);
      const requests = new Set(permit.requests);
      const outcomes = batch.shares.flatMap(({ request, items }): ItemOutcome[] =>
        Array.from({ length: items }, () => (requests.has(request) ? 'cancelled' : 0)),
      );
      const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
      const release = { slot: claim.slot, as: { how: 'unused' } as const };
      await this.#lane().resolve(claim.batch, { claims: claim.claims }, { outcomes, children }, release);
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

  async record({ claim, attempt }: KnownClaim): Promise<void> {
    if (attempt === undefined) return;
    const reference = `${claim.batch}/${attempt}`;
    // What never arrived has no answer.
    if (!this.#jobs.has(reference)) return;
    const recorded = await this.#lane().recordReference(claim, attempt, reference, {
      msSinceHeaders: 0,
      firstPollMs: 0,
    });
    if (!recorded || this.#submitted.has(claim.batch)) return;
    this.#submitted.add(claim.batch);
    this.#references.push({ batch: claim.batch, reference });
  }

  /** A call that was not made, or failed, is given back. */
  async giveBack({ claim, attempt }: KnownClaim, { cause, slot }: Extract<Action, { do: 'give back' }>): Promise<void> {
    const hadNoEffect = cause !== 'unknown' && !this.#jobs.has(`${claim.batch}/${attempt}`);
    await this.#lane().giveBack(claim, releaseOf(slot), { ...backOf(cause), hadNoEffect });
  }

  /** A call has no answer, and is set aside. */
  async lose(known: KnownClaim, arrives: boolean): Promise<void> {
    if (!this.#lane().options.exclusive) return;
    if (known.attempt === undefined) await this.begin(known, arrives);
    const reason = { code: 'code', message: 'message', times: lookTimes };
    await loseBatch(this.#lane(), known.claim, { how: 'late' }, reason);
  }

  /** Looks for a lost batch's job; `false` when none is due. Whatever it attaches is the batch's own (invariant 8). */
  async look(): Promise<boolean> {
    const looked = await lookForJob(this.#lane(), this.#jobs);
    if (looked.is !== 'attached') return looked.is === 'over';
    const { batch, attempt, reference } = looked;
    expect(reference).toBe(`${batch}/${attempt}`);
    this.#submitted.add(batch);
    this.#references.push({ batch, reference });
    return true;
  }

  resolveClaim(known: KnownClaim | undefined, outcomes: Outcomes): Step | undefined {
    if (known === undefined) return undefined;
    return () => this.resolve(known.claim.batch, { claims: known.claim.claims }, outcomes);
  }

  async resolve(
    id: string,
    guard: { claims: string } | { reference: string },
    { pattern, halves }: Outcomes,
  ): Promise<((after: Places) => void) | undefined> {
    const batch = await this.#batch(id);
    const outcomes = Array.from({ length: batch.size }, (_, i) => pattern[i % pattern.length] ?? 'succeeded');
    const children = { halves, dueInMs: 0, halts: 0, unknown: 'reference' in guard };
    const resolution: Resolution = { outcomes, code: 'code', message: 'message', children };
    if ((await this.#lane().resolve(id, guard, resolution)) === undefined) return undefined;
    return (after) => expectOutcomes(after, id, outcomes);
  }

  async #succeed(id: string, guard: { claims: string } | { reference: string }, slot = ''): Promise<void> {
    const { size } = await this.#batch(id);
    const outcomes = Array.from({ length: size }, () => 'succeeded' as const);
    await this.#lane().resolve(id, guard, { outcomes }, { slot, as: { how: 'unused' } });
  }

  async #batch(id: string): Promise<Batch> {
    const batch = await readBatch(this.#lane().keys, id);
    if (batch === undefined) throw new Error(`no batch ${id}`);
    return batch;
  }

  /** Sends and settles what can be had now, under claims of this name, and says whether there was anything. */
  async sendAll(name: string): Promise<boolean> {
    for (const { batch, reference } of this.#references) await this.#succeed(batch, { reference });
    for (let sent = 0; ; sent += 1) {
      const answer = await this.#lane().claim(`${name}-${sent}`);
      if (answer.is !== 'batch') return sent > 0;
      if (sent > 2_000) throw new Error('the lane gives the same without end');
      await this.begin({ id: '', claim: answer.claim });
      await this.#succeed(answer.claim.batch, { claims: answer.claim.claims }, answer.claim.slot);
    }
  }

  letTimePass(): void {
    this.#jobs.letTimePass();
  }
}

/** The newest for 0, older ones for more, and round again. */
export function pick<T>(known: readonly T[], of: number): T | undefined {
  return known.at(-1 - (of % Math.max(1, known.length)));
}

function releaseOf(how: SlotRelease['how']): SlotRelease {
  return how === 'anchor' ? { how, msSinceHeaders: 0 } : { how };
}
