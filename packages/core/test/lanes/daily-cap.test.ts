import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Lane } from '../../src/lanes/lane.ts';
import { readLaneStop } from '../../src/requests/view.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
});

function capped(deletionsPerDay: number, kind: 'deletion' | 'resubmission' = 'deletion'): Lane {
  const quota = { calls: 1_000, windowMs: 1_000 };
  return lab.lane(kind, { quota, guards: { holdWindowMs: 0, deletionsPerDay } });
}

/** How many items the next claim takes, or what it answers in place of a batch. */
async function taken(lane: Lane, name: string): Promise<number | string> {
  for (;;) {
    const answer = await lane.claim(name);
    if (answer.is === 'batch') return answer.batch.size;
    if (answer.is !== 'wait') return answer.is;
  }
}

async function nowOfRedis(): Promise<number> {
  const [seconds] = await lab.redis.time();
  return Number(seconds) * 1_000;
}

const stop = () => readLaneStop(lab.keys, 'deletion');
const dayMs = 24 * 3_600_000;

describe('the cap of deletions of a day', () => {
  test('is filled up to the last item, and then stops the lane until 00:00 UTC', async () => {
    await lab.request('r', ids(100));
    const lane = capped(70);
    expect(await taken(lane, 'one')).toBe(50);
    expect(await stop()).toBeUndefined();
    expect(await taken(lane, 'two')).toBe(20);
    const answer = await lane.claim('three');
    const now = await nowOfRedis();
    const midnight = (Math.floor(now / dayMs) + 1) * dayMs;
    expect(answer).toMatchObject({ is: 'stopped' });
    expect(answer.is === 'stopped' && Math.abs(now + answer.ms - midnight)).toBeLessThan(5_000);
    expect(await stop()).toMatchObject({ code: 'daily cap', until: new Date(midnight).toISOString() });
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', pending: 30, claimed: 70 });
  });

  test('counts what is put back and claimed again once', async () => {
    await lab.request('r', ids(60));
    const lane = capped(60);
    const claim = await lab.claim(lane, 'one');
    const back = { cause: 'unsent', code: '', message: '', dueInMs: 0 } as const;
    await lane.giveBack(claim, { how: 'unused' }, back);
    expect(await taken(lane, 'two')).toBe(50);
    expect(await taken(lane, 'three')).toBe(10);
    expect(await lab.counts('r')).toMatchObject({ pending: 0, claimed: 60 });
  });

  test('counts once what the same claim is given twice (invariant 11)', async () => {
    await lab.request('r', ids(100));
    const lane = capped(100);
    for (const _ of [1, 2]) expect(await taken(lane, 'one')).toBe(50);
    expect(await taken(lane, 'two')).toBe(50);
  });

  test('lets what was claimed before go on: retries, and halves of split batches', async () => {
    await lab.request('r', ids(100));
    const lane = capped(50);
    const claim = await lab.claim(lane, 'one');
    expect(await taken(lane, 'two')).toBe('stopped');
    const outcomes = Array.from({ length: 50 }, (_, index) => (index < 25 ? 1 : 2));
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('one', { claims: claim.claims }, { outcomes, children });
    expect(await taken(lane, 'three')).toBe(25);
    expect(await taken(lane, 'four')).toBe(25);
    expect(await taken(lane, 'five')).toBe('stopped');
  });

  test('is over with the day by itself', async () => {
    await lab.request('r', ids(100));
    const lane = capped(50);
    await taken(lane, 'one');
    expect(await taken(lane, 'two')).toBe('stopped');
    // As it stands after midnight: what was counted is of the day before.
    const yesterday = Math.floor((await nowOfRedis()) / dayMs) - 1;
    await lab.redis.hset(`${lab.keys.base}deletion:claimed`, 'day', yesterday);
    expect(await taken(lane, 'three')).toBe(50);
    expect(await stop()).toBeUndefined();
    expect(await taken(lane, 'four')).toBe('empty');
  });

  test('that is raised lets the lane go on, and says nothing of a stop any more', async () => {
    await lab.request('r', ids(100));
    await taken(capped(50), 'one');
    expect(await taken(capped(50), 'two')).toBe('stopped');
    expect(await taken(capped(60), 'three')).toBe(10);
    expect(await stop()).toBeUndefined();
  });

  test('stops no resubmission', async () => {
    await lab.request('again', ['AAAA', 'AAAB'], 'resubmission');
    expect(await taken(capped(1, 'resubmission'), 'one')).toBe(2);
  });
});
