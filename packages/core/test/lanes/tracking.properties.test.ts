import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { lateMs } from '../../src/lanes/lane.ts';
import { claimPoll, type DueReference, type PollClaim, recordPoll } from '../../src/lanes/tracking.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const windowMs = 5_000;
const deadlineMs = 2_000;
const spacingMs = 1_000;
const anchored = { how: 'anchor', msSinceHeaders: 0, windowMs } as const;

async function poll(id: string, calls = 100): Promise<PollClaim> {
  return await claimPoll(lab.keys, id, { quota: { calls, windowMs }, deadlineMs, spacingMs });
}

async function pollOf(id: string, calls?: number): Promise<DueReference[]> {
  const answer = await poll(id, calls);
  if (answer.is !== 'poll') throw new Error(`poll answered ${JSON.stringify(answer)}`);
  return answer.due;
}

/** Submits so many deletions of one item each, whose first poll is due in `firstPollMs`. */
async function submitted(
  n: number,
  firstPollMs = 0,
  kind: 'deletion' | 'resubmission' = 'deletion',
): Promise<string[]> {
  const lane = lab.lane(kind, { quota: { calls: 1_000, windowMs: 1 } });
  const batches: string[] = [];
  for (let i = 0; i < n; i += 1) {
    const id = `${kind}-${firstPollMs}-${i}`;
    await lab.request(id, kind === 'deletion' ? ids(1, i) : [Buffer.from(id).toString('base64')], kind);
    const claim = await claimed(() => lane.claim(id));
    await lane.beginSend(claim);
    await lane.recordReference(claim, '1', `reference ${id}`, { msSinceHeaders: 0, firstPollMs });
    batches.push(id);
  }
  return batches;
}

async function claimed<T>(claim: () => Promise<{ is: string; claim?: T }>): Promise<T> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await claim();
    if (answer.claim !== undefined) return answer.claim;
  }
  throw new Error('no claim is given');
}

/** As if the last round had been long ago. */
async function afterARound(): Promise<void> {
  await lab.redis.hdel(`${lab.keys.base}quota`, 'polledAt');
}

async function dueInMs(batch: string): Promise<number> {
  const [seconds = 0, microseconds = 0] = (await lab.redis.time()).map(Number);
  return Number(await lab.redis.zscore(`${lab.keys.base}due`, batch)) - seconds * 1_000 - microseconds / 1_000;
}

const slots = async () => (await lab.redis.zcard(`${lab.keys.base}slots:jobs`)) - 1;
const batchesOf = (due: readonly DueReference[]) => due.map(({ id }) => id);

describe('polls', () => {
  test('ask for every due reference once, at most 50 together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 160 }), async (n) => {
        lab.next();
        const all = await submitted(n);
        const asked: string[] = [];
        for (let i = 0; asked.length < n; i += 1) {
          await afterARound();
          const due = await pollOf(`poll ${i}`);
          expect(due).toHaveLength(Math.min(50, n - asked.length));
          asked.push(...batchesOf(due));
        }
        expect(asked.sort()).toEqual(all.sort());
        await afterARound();
        expect(await poll('one more')).toEqual({ is: 'empty', ms: expect.any(Number) });
      }),
      { numRuns: 5 },
    );
  });

  test('say of each its reference, kind, age and what its end needs, of both kinds of a consumer', async () => {
    await submitted(1);
    await submitted(1, 0, 'resubmission');
    const told = (kind: string) => {
      const id = `${kind}-0-0`;
      const whole = {
        overdueMs: expect.any(Number),
        ignoring: false,
        othersComplete: false,
        halts: 0,
        size: 1,
        shares: [{ request: id, items: 1 }],
      };
      return { id, reference: `reference ${id}`, kind, ageMs: expect.any(Number), ...whole };
    };
    expect(await pollOf('p')).toEqual([told('deletion'), told('resubmission')]);
  });

  test('take along what comes due before the next round could begin, and nothing later', async () => {
    await submitted(2);
    await submitted(2, 400);
    await submitted(2, 900);
    expect(batchesOf(await pollOf('p')).sort()).toEqual([
      'deletion-0-0',
      'deletion-0-1',
      'deletion-400-0',
      'deletion-400-1',
    ]);
  });

  test('wait for what comes due soon, and say how long', async () => {
    expect(await poll('p')).toEqual({ is: 'empty', ms: undefined });
    await submitted(1, 60_000);
    const later = await poll('p');
    expect(later.is === 'empty' && later.ms).toBeGreaterThan(59_000);
    await submitted(1, 450);
    const soon = await poll('p');
    expect(soon.is === 'wait' && soon.ms).toBeGreaterThan(200);
    expect(soon.is === 'wait' && soon.ms).toBeLessThanOrEqual(450);
  });

  test('come a second apart, unless 50 are due', async () => {
    await submitted(1);
    await pollOf('one');
    await submitted(1, 1);
    const early = await poll('two');
    expect(early.is === 'wait' && early.ms).toBeGreaterThan(500);
    await submitted(60, 2);
    expect(await pollOf('three')).toHaveLength(50);
  });

  test('that nobody answers for come due again when their lease is over', async () => {
    const [batch = ''] = await submitted(1);
    await pollOf('one');
    const ms = await dueInMs(batch);
    expect(ms).toBeGreaterThan(deadlineMs + lateMs - 500);
    expect(ms).toBeLessThanOrEqual(deadlineMs + lateMs);
  });

  test('resent take no second slot (invariant 11)', async () => {
    await submitted(1);
    await pollOf('one');
    await afterARound();
    expect((await poll('one')).is).toBe('empty');
    expect(await slots()).toBe(1);
  });
});

describe('what a poll has found', () => {
  test('says when each reference that is not at its end is asked for again', async () => {
    const [one = '', other = ''] = await submitted(2);
    await pollOf('p');
    const answer = new Map([
      [one, 2_000],
      [other, 30_000],
    ]);
    await recordPoll(lab.keys, 'p', anchored, answer);
    await recordPoll(lab.keys, 'p', anchored, answer);
    expect(Math.round((await dueInMs(one)) / 1_000)).toBe(2);
    expect(Math.round((await dueInMs(other)) / 1_000)).toBe(30);
  });

  test('brings no batch back that is settled by now', async () => {
    const [batch = ''] = await submitted(1);
    await pollOf('p');
    await lab.lane().resolve(batch, { reference: `reference ${batch}` }, { outcomes: ['succeeded'] });
    await recordPoll(lab.keys, 'p', anchored, new Map([[batch, 0]]));
    expect(await lab.redis.zcard(`${lab.keys.base}due`)).toBe(0);
  });

  test('is not asked of a batch that is not submitted any more, though it is still listed', async () => {
    const [batch = '', other] = await submitted(2);
    await lab.redis.hset(`${lab.keys.base}batch:${batch}`, 'state', 'settled');
    expect(batchesOf(await pollOf('p'))).toEqual([other]);
    expect(await lab.redis.zscore(`${lab.keys.base}due`, batch)).toBeNull();
  });
});

describe("the jobs endpoint's own quota (invariant 3)", () => {
  /** Makes polls until none is let through, each with something to ask for. */
  async function pollsUntilRefused(calls: number): Promise<{ made: number; refusal: PollClaim }> {
    for (let made = 0; ; made += 1) {
      if (made > 10 * calls) throw new Error('every poll is let through');
      await lab.redis.zadd(`${lab.keys.base}due`, 'XX', 0, 'deletion-0-0');
      await afterARound();
      const answer = await poll(`poll ${made}`, calls);
      if (answer.is !== 'poll') return { made, refusal: answer };
    }
  }

  test('gives no more slots than it has, until one is free', async () => {
    await submitted(1);
    const { made, refusal } = await pollsUntilRefused(3);
    expect(made).toBe(3);
    expect(refusal).toEqual({ is: 'wait', ms: windowMs });
    await recordPoll(lab.keys, 'poll 0', { how: 'unused', windowMs }, new Map());
    expect((await pollsUntilRefused(3)).made).toBe(1);
  });

  test.each([
    ['one window after the headers', { how: 'anchor', msSinceHeaders: 700 } as const, windowMs - 700],
    ['after late arrival and window without an answer', { how: 'late' } as const, lateMs + windowMs],
  ])('has the slot again %s', async (_name, release, ms) => {
    await submitted(1);
    await pollOf('p');
    await recordPoll(lab.keys, 'p', { ...release, windowMs }, new Map());
    const [seconds = 0, microseconds = 0] = (await lab.redis.time()).map(Number);
    const until = Number(await lab.redis.zscore(`${lab.keys.base}slots:jobs`, 'p'));
    expect(Math.abs(until - seconds * 1_000 - microseconds / 1_000 - ms)).toBeLessThan(200);
  });

  test('is left alone for a window after a 429, with slots free', async () => {
    await submitted(1);
    await pollOf('p');
    await recordPoll(lab.keys, 'p', { ...anchored, overQuota: true }, new Map([['deletion-0-0', 0]]));
    await afterARound();
    const answer = await poll('next');
    expect(answer.is === 'wait' && answer.ms).toBeGreaterThan(windowMs - 500);
  });

  test('waits once after its slots were lost', async () => {
    await submitted(1);
    await pollOf('p');
    await lab.redis.del(`${lab.keys.base}slots:jobs`);
    const { made } = await pollsUntilRefused(3);
    expect(made).toBe(0);
    const blocked = Number(await lab.redis.hget(`${lab.keys.base}quota`, 'blocked:jobs'));
    expect(blocked - Date.now()).toBeGreaterThan(deadlineMs + lateMs + windowMs - 1_000);
  });
});
