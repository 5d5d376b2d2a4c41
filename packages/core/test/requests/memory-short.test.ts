import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { cancelRequest, redriveItems, setHeld } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { storedKeys } from './lane-contents.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});
afterEach(() => unlimited());

async function store(items: Iterable<string> | AsyncIterable<string>, id = 'new'): Promise<void> {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items });
}

/** Limits Redis to what makes its present use this share of the limit. */
async function useShare(share: number): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
  await lab.redis.config('SET', 'maxmemory', Math.round(used / share));
}

async function unlimited(): Promise<void> {
  await lab.redis.config('SET', 'maxmemory', 0);
}

/** How full Redis is: over the mark, and so full that ordinary writes fail. */
const fillings = [
  ['over 80 %', 0.88],
  ['over the limit', 1.5],
] as const;

describe('when memory is short nothing new is accepted (invariant 12)', () => {
  test.each(fillings)('with Redis %s, neither few items nor many', async (_name, share) => {
    await useShare(share);
    for (const items of [ids(3), ids(3_000)]) {
      await expect(store(items)).rejects.toMatchObject({
        code: 'memory_short',
        message: expect.stringContaining('80 %'),
      });
    }
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('not even the rest of an upload that was begun before, and nothing of it is kept', async () => {
    async function* shortInTheMiddle(): AsyncGenerator<string> {
      yield* ids(2_500);
      await useShare(0.85);
      yield* ids(5_000, 2_500);
    }
    await expect(store(shortInTheMiddle())).rejects.toMatchObject({ code: 'memory_short' });
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('and it is again as soon as there is room', async () => {
    await useShare(0.88);
    await expect(store(ids(3_000))).rejects.toMatchObject({ code: 'memory_short' });
    await useShare(0.5);
    await store(ids(3_000));
    expect(await lab.counts('new')).toMatchObject({ state: 'accepted', total: 3_000 });
  });

  test('and it still is at 70 %', async () => {
    await useShare(0.7);
    await store(ids(1_500));
    expect(await lab.counts('new')).toMatchObject({ state: 'accepted', total: 1_500 });
  });

  test('but a request that stands is answered for', async () => {
    await store(ids(3_000));
    await useShare(1.5);
    await store(ids(3_000));
    await expect(store(ids(2_000))).rejects.toMatchObject({ code: 'id_taken' });
  });
});

describe.each(fillings)('with Redis %s the way out stays open (invariant 12)', (_name, share) => {
  test('claims, sends, references and settles go on, and requests finish', async () => {
    await lab.request('r', ids(60));
    await useShare(share);
    const lane = lab.lane('deletion', { quota: { calls: 5, windowMs: 1 } });
    for (const [batch, size] of [
      ['one', 50],
      ['two', 10],
    ] as const) {
      const { reference } = await lab.submit(lane, batch);
      const outcomes = Array.from({ length: size }, () => 'succeeded' as const);
      await lane.resolve(batch, { reference }, { outcomes });
    }
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 60 });
  });

  test('batches are given back and split', async () => {
    await lab.request('r', ids(50));
    await useShare(share);
    const lane = lab.lane('deletion', { quota: { calls: 5, windowMs: 1 } });
    const first = await lab.claim(lane, 'one');
    await lane.giveBack(first, { how: 'unused' }, { cause: 'unsent', code: '', message: '', dueInMs: 0 });
    const second = await lab.claim(lane, 'two');
    await lane.beginSend(second);
    const outcomes = Array.from({ length: 50 }, (_, i) => (i === 3 ? 'failed' : Math.floor(i / 25)));
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('one', { claims: second.claims }, { outcomes, code: '1', message: 'bad', children });
    expect(await lab.counts('r')).toMatchObject({ failed: 1, claimed: 49 });
  });

  test('a person holds, releases, cancels and retries', async () => {
    await lab.request('r', ids(60));
    const lane = lab.lane('deletion', { quota: { calls: 5, windowMs: 1 } });
    const { reference } = await lab.submit(lane, 'one');
    await useShare(share);
    await setHeld(lab.keys, 'r', 'hold');
    await setHeld(lab.keys, 'r', 'release');
    await cancelRequest(lab.keys, 'r', 60_000);
    const outcomes = ids(50).map((_, i): ItemOutcome => (i < 2 ? 'failed' : 'succeeded'));
    await lane.resolve('one', { reference }, { outcomes, code: '1' });
    expect(await lab.counts('r')).toMatchObject({ state: 'cancelled', succeeded: 48, failed: 2, cancelled: 10 });
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 2, retentionMs: 60_000 });
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', pending: 2 });
  });
});
