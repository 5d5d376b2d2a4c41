import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { SelectionStore } from '../../src/selections/selection-store.ts';
import { WalkLease } from '../../src/selections/walk-lease.ts';
import { takeWalk } from '../../src/selections/walks.ts';
import { Lab } from '../lanes/lab.ts';
import { takenWalk } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
  const store = new SelectionStore(lab.redis, 'test', () => lab.keys);
  await store.begin({ id: 's', filter: { userIds: ['learner'] }, consumer: lab.keys.consumer }, 60_000);
});

const leaseMs = 1_000;

const take = (token: string, ms = leaseMs) => takenWalk(lab, token, ms);

const due = async () => Number(await lab.redis.zscore(`${lab.keys.base}walks`, 's'));

describe('who holds a walk', () => {
  test('keeps it for as long as signs are given, and no longer', async () => {
    const lease = new WalkLease(lab.keys, await take('me'));
    const until = performance.now() + 2.5 * leaseMs;
    while (performance.now() < until) {
      expect(await lease.renew()).toBe(true);
      expect(await takeWalk(lab.keys, 'another')).toMatchObject({ is: 'empty' });
      await sleep(20);
    }
    await eventually(() => take('another'), { timeoutMs: 5 * leaseMs });
  });

  test('is told when it is somebody else’s, and takes nothing from them', async () => {
    const lease = new WalkLease(lab.keys, await take('me', 60));
    await sleep(100);
    await take('another', 60_000);
    const standing = await due();
    expect(await lease.renew()).toBe(false);
    expect(await due()).toBe(standing);
  });

  test('does not ask Redis each time', async () => {
    const lease = new WalkLease(lab.keys, await take('me', 60_000));
    const standing = await due();
    await sleep(5);
    for (let times = 0; times < 1_000; times += 1) expect(await lease.renew()).toBe(true);
    expect(await due()).toBe(standing);
  });
});
