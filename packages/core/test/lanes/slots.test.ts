import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { lateMs } from '../../src/lanes/lane.ts';
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

const deadlineMs = 1_000;

const windowMs = 5_000;

describe('slots', () => {
  test('wait once after the slots were lost (invariant 3)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    await lab.claim(lane, 'one');
    await lab.redis.del(`${lab.keys.base}slots:deletion`);
    const answer = await lane.claim('two');
    expect(answer.is).toBe('wait');
    // Deadline, late arrival and window: 1 + 3 + 5 s.
    const blocked = Number(await lab.redis.hget(`${lab.keys.base}quota`, 'blocked:deletion'));
    expect(blocked - Date.now()).toBeGreaterThan(8_500);
  });

  test('wait once after Redis was restarted (invariant 3)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    await lab.claim(lane, 'one');
    await lab.redis.hset(`${lab.keys.base}quota`, 'run:deletion', 'another run');
    expect((await lane.claim('two')).is).toBe('wait');
  });

  test('are free one window after the response', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 300 } });
    await lab.submit(lane, 'one');
    const answer = await lane.claim('two');
    expect(answer.is === 'wait' && answer.ms).toBeLessThanOrEqual(300);
    await new Promise((resolve) => setTimeout(resolve, 310));
    expect((await lane.claim('two')).is).toBe('batch');
  });

  test('are given to a full batch ahead of their time, which it is told to wait for (invariant 3)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 3_000 } });
    const { claim } = await lab.submit(lane, 'one');
    expect(await lane.claim('two', 100)).toEqual({ is: 'wait', ms: expect.any(Number) });
    const freeAt = await lab.freeWithin(90, claim.slot);
    const asked = { at: performance.now(), redisMs: await lab.redisMs() };
    const answer = await lane.claim('two', 100);
    if (answer.is !== 'batch') throw new Error(`claim answered ${JSON.stringify(answer)}`);
    // Redis has answered later than it was asked, and so much less is left.
    const leftMs = freeAt - asked.redisMs;
    expect(answer.notBefore).toBeGreaterThanOrEqual(asked.at + leftMs - 0.01);
    // The slot is taken, by the call before and the one behind it: the next is as far away as a call can be.
    expect(await lane.claim('three', 100)).toEqual({ is: 'wait', ms: 2_900 });
    const again = await lane.claim('two', 0);
    expect(again).toMatchObject({ is: 'batch', claim: answer.claim });
    expect(again.is === 'batch' && again.notBefore).toBeGreaterThan(answer.notBefore);
  });

  test('are given no more than 100 ms ahead, whatever is asked', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 3_000 } });
    const { claim } = await lab.submit(lane, 'one');
    await lab.freeWithin(1_000, claim.slot);
    expect((await lane.claim('two', 3_000)).is).toBe('wait');
  });

  test('are given to a partly filled batch when they are free, and not before: it might be fuller then', async () => {
    await lab.request('r', ids(51));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 3_000 } });
    const { claim } = await lab.submit(lane, 'one');
    await lab.freeWithin(90, claim.slot);
    expect((await lane.claim('two', 100)).is).toBe('wait');
    await lab.request('more', ids(60, 1_000));
    await lab.freeWithin(90, claim.slot);
    expect(await lane.claim('two', 100)).toMatchObject({ is: 'batch', batch: { size: 50 } });
  });

  test('stay taken for late arrival and window after a call without an answer', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 300 } });
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const back = { cause: 'unknown', code: 'DEADLINE', message: 'no answer', dueInMs: 0 } as const;
    expect(await lane.giveBack(claim, { how: 'late' }, back)).toBe(true);
    const freeAt = Number(await lab.redis.zscore(`${lab.keys.base}slots:deletion`, claim.slot));
    expect(freeAt - Date.now()).toBeGreaterThan(3_000);
    expect((await lane.claim('two')).is).toBe('wait');
  });

  test('that were lost with all that is known of the quota are waited for too (invariant 3)', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    await lab.claim(lane, 'one');
    await lab.redis.del(`${lab.keys.base}slots:deletion`, `${lab.keys.base}quota`);
    expect((await lane.claim('two')).is).toBe('wait');
    const blocked = Number(await lab.redis.hget(`${lab.keys.base}quota`, 'blocked:deletion'));
    expect(blocked - Date.now()).toBeGreaterThan(deadlineMs + lateMs + windowMs - 500);
  });
});
