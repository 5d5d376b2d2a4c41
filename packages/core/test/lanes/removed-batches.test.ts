import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readCodeCounts } from '../../src/figures/request-figures.ts';
import type { Claim } from '../../src/lanes/claim-answer.ts';
import { batchKey, requestKey } from '../../src/lanes/keys.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { requestsWithRemoved, settleRemoved } from '../../src/lanes/removed-batches.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(async () => await lab.stop());
beforeEach(() => {
  lab.next();
});

const settle = (id: string, graceMs = 0) => settleRemoved(lab.keys, id, { retentionMs: 60_000, graceMs });
const found = () => requestsWithRemoved(lab.keys, 10);

/** So that a batch that is not full has not to wait for long. */
const quota = { calls: 50, windowMs: 1_000 };

async function claimIn(lane: Lane, id: string): Promise<Claim> {
  await new Promise((resolve) => setTimeout(resolve, quota.windowMs / quota.calls));
  return await lab.claim(lane, id);
}

/** As a person would, with everything that it is in. */
async function remove(batch: string): Promise<void> {
  await lab.redis.del(batchKey(lab.keys, batch), `${batchKey(lab.keys, batch)}:items`);
}

describe('items of a batch whose record somebody removed', () => {
  test('are found at once, named with their batch, and fail when the time is over; the request ends (invariants 2, 6)', async () => {
    await lab.request('r', ids(3));
    await lab.submit(lab.lane(), 'b');
    expect(await settle('r')).toEqual({ is: 'whole' });
    await remove('b');
    expect(await settle('r', 60_000)).toMatchObject({ is: 'removed', items: 3, batches: ['b'] });
    expect(await found()).toEqual(['r']);
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', submitted: 3 });
    expect(await settle('r')).toEqual({ is: 'settled', items: 3, hasEnded: true, batches: ['b'] });
    expect(await lab.counts('r')).toMatchObject({ state: 'failed', total: 3, submitted: 0, failed: 3 });
    expect(await readCodeCounts(lab.keys, 'r')).toEqual([{ list: 'failed', code: 'record_removed', items: 3 }]);
    expect(await lab.redis.pttl(requestKey(lab.keys, 'r'))).toBeGreaterThan(0);
    expect(await found()).toEqual([]);
  });

  test('fail alone: those in batches that are there go on, whatever state these are in', async () => {
    await lab.request('r', ids(120));
    const lane = lab.lane('deletion', { quota });
    await lab.submit(lane, 'submitted');
    await lab.claim(lane, 'removed');
    const claim = await claimIn(lane, 'ready');
    await lane.giveBack(claim, { how: 'unused' }, { cause: 'unsent', code: '', message: '', dueInMs: 0 });
    expect(await settle('r')).toEqual({ is: 'whole' });
    await remove('removed');
    expect(await settle('r')).toMatchObject({ is: 'settled', items: 50, hasEnded: false });
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', submitted: 50, claimed: 20, failed: 50 });
    expect(await settle('r')).toEqual({ is: 'whole' });
  });

  test('of a call that several requests shared fail for each of them', async () => {
    await lab.request('r', ids(2));
    await lab.request('s', ids(3, 10));
    await lab.submit(lab.lane(), 'b');
    await remove('b');
    expect(await settle('r')).toMatchObject({ is: 'settled', items: 2 });
    expect(await settle('s')).toMatchObject({ is: 'settled', items: 3 });
  });

  test('are as they were when the record is put back in time', async () => {
    await lab.request('r', ids(2));
    const { reference } = await lab.submit(lab.lane(), 'b');
    const kept = await lab.redis.dumpBuffer(batchKey(lab.keys, 'b'));
    await lab.redis.del(batchKey(lab.keys, 'b'));
    await settle('r', 60_000);
    await lab.redis.restore(batchKey(lab.keys, 'b'), 0, kept);
    expect(await settle('r')).toEqual({ is: 'whole' });
    expect(await found()).toEqual([]);
    await lab.lane().resolve('b', { reference }, { outcomes: ['succeeded', 'succeeded'] });
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 2 });
  });

  test('are not looked for while the request has items to give', async () => {
    await lab.request('r', ids(60));
    await lab.submit(lab.lane(), 'b');
    await remove('b');
    expect(await settle('r')).toEqual({ is: 'whole' });
  });

  test('are none while a batch has them that is in no list, as of a worker of an earlier version', async () => {
    await lab.request('r', ids(3));
    const { reference } = await lab.submit(lab.lane(), 'b');
    await lab.redis.del(`${requestKey(lab.keys, 'r')}:batches`);
    expect(await settle('r')).toEqual({ is: 'whole' });
    await lab.lane().resolve('b', { reference }, { outcomes: ids(3).map(() => 'succeeded' as const) });
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 3 });
  });

  test('are found among the open batches of the consumer where the request has had more than are noted', async () => {
    await lab.request('r', ids(3));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'b');
    const older = Array.from({ length: 250 }, (_, i) => `aged-out-${i}`);
    await lab.redis.del(`${requestKey(lab.keys, 'r')}:batches`);
    await lab.redis.rpush(`${requestKey(lab.keys, 'r')}:batches`, ...older);
    expect(await settle('r')).toEqual({ is: 'whole' });
    await remove('b');
    expect(await settle('r')).toMatchObject({
      is: 'settled',
      items: 3,
      hasEnded: true,
      batches: expect.arrayContaining(['b']),
    });
    expect(await lane.resolve('b', { reference }, { outcomes: ['succeeded'] })).toBeUndefined();
    expect(await lab.counts('r')).toMatchObject({ failed: 3, succeeded: 0 });
  });

  test('are not settled while more is open than can be looked at', async () => {
    await lab.request('r', ids(3));
    await lab.submit(lab.lane(), 'b');
    await lab.redis.rpush(`${requestKey(lab.keys, 'r')}:batches`, ...Array.from({ length: 250 }, (_, i) => `o${i}`));
    await lab.redis.zadd(`${lab.keys.base}due`, ...Array.from({ length: 1_001 }, (_, i) => [1, `x${i}`]).flat());
    await remove('b');
    expect(await settle('r')).toEqual({ is: 'whole' });
  });
});

test('a batch that waits for a slot and has no record is not granted, and what comes behind it is', async () => {
  await lab.request('r', ids(2));
  const lane = lab.lane('deletion', { quota });
  const claim = await lab.claim(lane, 'b');
  await lane.giveBack(claim, { how: 'unused' }, { cause: 'unsent', code: '', message: '', dueInMs: 0 });
  await remove('b');
  await lab.request('s', ids(1, 10));
  await claimIn(lane, 'c');
  expect((await lab.batch('c')).shares).toEqual([{ request: 's', items: 1 }]);
  expect(await lab.redis.exists(batchKey(lab.keys, 'b'))).toBe(0);
  expect(await settle('r')).toMatchObject({ is: 'settled', items: 2 });
});
