import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { batchKey, requestKey } from '../../src/lanes/keys.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { completed, only, record, selected, settingsOf, take, ttlOf, verificationOf } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
  await settingsOf(lab);
});

const verification = (id: string) => verificationOf(lab, id);
const ttl = (id: string) => ttlOf(lab, id);

describe('a record', () => {
  test('stays until its verification is done, and goes its way then', async () => {
    await selected(lab, 'r', ids(100));
    await completed(lab, 'one');
    await completed(lab, 'two');
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 100 });
    expect(await ttl('r')).toBe(-1);
    expect(await lab.redis.pttl(batchKey(lab.keys, 'one'))).toBe(-1);
    const [first, second] = await take(lab);
    if (first === undefined || second === undefined) throw new Error('two pieces are due');
    expect(await record(lab, first)).toMatchObject({ ended: [] });
    expect(await ttl('r')).toBe(-1);
    expect(await lab.redis.pttl(batchKey(lab.keys, first.batch))).toBeGreaterThan(0);
    expect(await record(lab, second)).toMatchObject({ ended: ['r'] });
    expect(await ttl('r')).toBeGreaterThan(0);
    expect(await lab.redis.exists(`${lab.keys.base}verifications`)).toBe(0);
  });

  test('of a request that is still open does not go, whatever of it is verified', async () => {
    await selected(lab, 'r', ids(70));
    await completed(lab, 'one');
    expect(await record(lab, await only(lab))).toMatchObject({ verified: 50, ended: [] });
    expect(await ttl('r')).toBe(-1);
    expect(await verification('r')).toMatchObject({ state: 'waiting', waiting: 0, verified: 50 });
  });

  test('goes its way once all of its own is verified, although others of its batch are still shown', async () => {
    await selected(lab, 'gone', ids(2));
    await selected(lab, 'shown', ids(2, 100));
    await completed(lab, 'b');
    const piece = await only(lab);
    const named = piece.positions.filter((_, at) => !ids(2).includes(piece.sessionIds[at] ?? ''));
    expect(await record(lab, piece, { nextMs: 0, named })).toMatchObject({ verified: 2, ended: ['gone'] });
    expect(await verification('gone')).toMatchObject({ state: 'done', verified: 2 });
    expect(await ttl('gone')).toBeGreaterThan(0);
    expect(await verification('shown')).toMatchObject({ state: 'waiting', waiting: 2 });
    expect(await ttl('shown')).toBe(-1);
    expect(await record(lab, await only(lab))).toMatchObject({ verified: 2, ended: ['shown'] });
    expect(await ttl('shown')).toBeGreaterThan(0);
  });

  test('that somebody took out of Redis is not made anew', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    await lab.redis.del(requestKey(lab.keys, 'r'));
    await record(lab, await only(lab), { fate: 'again', named: [1] });
    expect(await lab.redis.exists(requestKey(lab.keys, 'r'))).toBe(0);
    expect(await take(lab)).toEqual([]);
  });
});
