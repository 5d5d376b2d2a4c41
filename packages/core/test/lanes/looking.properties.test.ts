import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { attachJob, endLook, type Look, lookAfterMs, readRecorded } from '../../src/lanes/looking.ts';
import { Lab } from './lab.ts';
import { LostLab, times } from './lost-lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());

interface Call {
  /** How long after the one before it begins. */
  gapMs: number;
  /** How long after its beginning it makes its job, if ever: a lost one perhaps long after anybody waits for it. */
  makesJobAfterMs: number | undefined;
  isLost: boolean;
}

interface MadeJob {
  reference: string;
  madeAt: number;
  /** On Learnosity's clock. */
  datedAt: number;
}

const { sendMs, skewMs, strayMs } = times;
const call = fc.record<Call>({
  gapMs: fc.oneof(
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 60_000, max: 200_000 }),
    fc.integer({ min: 0, max: strayMs }),
  ),
  makesJobAfterMs: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: sendMs }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: strayMs - 2 * skewMs }) },
  ),
  isLost: fc.boolean(),
});

/** A lane, a Learnosity whose clock is off, and every look that is let through. */
class Course {
  readonly #lost = new LostLab(lab.next());
  readonly #offMs: number;
  #jobs: MadeJob[] = [];
  attached = 0;

  constructor(offMs: number) {
    this.#offMs = offMs;
  }

  async run(calls: readonly Call[]): Promise<void> {
    await this.#lost.wellKnown();
    for (const [n, one] of calls.entries()) {
      await this.#letGoBy(one.gapMs);
      await this.#call(`call-${n}`, one);
    }
    await this.#letGoBy(lookAfterMs(times));
  }

  async #call(id: string, { makesJobAfterMs, isLost }: Call): Promise<void> {
    const { lose, record, claim } = await this.#lost.begin(id);
    const begin = Number(await lab.redis.zscore(`${lab.keys.base}attempts`, `${id}:1`));
    if (makesJobAfterMs !== undefined) {
      const madeAt = begin + (isLost ? makesJobAfterMs : Math.min(makesJobAfterMs, sendMs));
      this.#jobs.push({ reference: `job of ${id}`, madeAt, datedAt: madeAt + this.#offMs });
    }
    const refused = { cause: 'transient', code: '10000', message: 'down', dueInMs: 0, hadNoEffect: true } as const;
    if (isLost) await lose();
    else if (makesJobAfterMs !== undefined) await record(`job of ${id}`);
    else await this.#lost.lane().giveBack(claim, { how: 'unused' }, refused);
    await lab.redis.del(`${lab.keys.base}resubmission:ready`);
  }

  /** As life goes: whatever is due is looked for when it is. */
  async #letGoBy(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 20_000) {
      const step = Math.min(leftMs, 20_000);
      await this.#lost.letGoBy(step);
      this.#jobs = this.#jobs.map((job) => ({ ...job, madeAt: job.madeAt - step, datedAt: job.datedAt - step }));
      if ((await lab.redis.zcount(`${lab.keys.base}lost`, '-inf', Date.now())) > 0) await this.#look();
    }
  }

  async #look(): Promise<void> {
    for (;;) {
      const claim = await this.#lost.claimLook();
      if (claim.is === 'empty') return;
      if (claim.is === 'look') await this.#decide(claim.look);
      else if (claim.is === 'doubt') await endLook(lab.keys, claim.look, 'send', 0);
      await lab.redis.del(`${lab.keys.base}resubmission:ready`);
    }
  }

  async #decide(look: Look): Promise<void> {
    const [from, to] = [look.beganAt - skewMs, look.beganAt + sendMs + skewMs];
    const listed = this.#jobs.filter(
      ({ madeAt, datedAt }) => madeAt <= look.claimedAt && datedAt >= from && datedAt <= to,
    );
    const references = listed.map(({ reference }) => reference);
    const recorded = await readRecorded(lab.keys, references);
    const [reference, ...others] = references.filter((one) => !recorded.has(one));
    if (reference === undefined || others.length > 0) return void (await endLook(lab.keys, look, 'send', 0));
    expect(await attachJob(lab.keys, look, reference, { times, firstPollMs: 0 })).toBe(true);
    // The law (invariant 8).
    expect(reference).toBe(`job of ${look.batch.id}`);
    this.attached += 1;
  }
}

describe('whatever calls are lost, refused or heard of, however late their jobs are made and wherever Learnosity has its clock', () => {
  test('a lost batch is given its own job or none, and not seldom its own', async () => {
    let attached = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: -skewMs, max: skewMs }),
        async (calls, offMs) => {
          const course = new Course(offMs);
          await course.run(calls);
          attached += course.attached;
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 60_000 },
    );
    expect(attached).toBeGreaterThan(5);
  }, 120_000);
});
