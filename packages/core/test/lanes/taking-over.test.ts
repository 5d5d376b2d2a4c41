import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readBatch } from '../../src/lanes/batch.ts';
import { takeOver } from '../../src/lanes/taking-over.ts';
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

/** As if its lease had run out. */
const expire = (id: string) => lab.redis.zadd(`${lab.keys.base}leases`, 'XX', 1, id);

describe('a batch whose lease ran out', () => {
  test('is taken over by one, and what held it begins nothing any more (invariant 7)', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await expire('one');
    const taken = await takeOver(lab.keys, 'one');
    expect(taken).toMatchObject({ id: 'one', state: 'claimed', claims: '2', size: 50 });
    expect(await takeOver(lab.keys, 'one')).toBeUndefined();
    expect(await lane.beginSend(claim)).toEqual({ is: 'no', reason: 'lease' });
    expect(await lane.giveBack(claim, { how: 'keep' }, { cause: 'unsent', code: '', message: '', dueInMs: 0 })).toBe(
      false,
    );
  });

  test('is taken over by the next when the first is gone, too', async () => {
    await lab.request('r', ids(50));
    await lab.claim(lab.lane(), 'one');
    await expire('one');
    await takeOver(lab.keys, 'one');
    await expire('one');
    expect(await takeOver(lab.keys, 'one')).toMatchObject({ claims: '3' });
  });

  test('takes the reference of its call, however late (invariant 5)', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    const permit = await lane.beginSend(claim);
    await expire('one');
    expect(await takeOver(lab.keys, 'one')).toMatchObject({ state: 'sending' });
    const attempt = permit.is === 'go' ? permit.attempt : '';
    expect(await lane.recordReference(claim, attempt, 'late', { msSinceHeaders: 0, firstPollMs: 0 })).toBe(true);
    expect(await readBatch(lab.keys, 'one')).toMatchObject({ state: 'submitted', reference: 'late' });
  });
});

test('a batch whose lease stands, and one that is gone, are left alone', async () => {
  await lab.request('r', ids(50));
  const claim = await lab.claim(lab.lane(), 'one');
  expect(await takeOver(lab.keys, 'one')).toBeUndefined();
  expect((await lab.lane().beginSend(claim)).is).toBe('go');
  await lab.redis.zadd(`${lab.keys.base}leases`, 1, 'gone');
  expect(await takeOver(lab.keys, 'gone')).toBeUndefined();
  expect(await lab.redis.zscore(`${lab.keys.base}leases`, 'gone')).toBeNull();
});
