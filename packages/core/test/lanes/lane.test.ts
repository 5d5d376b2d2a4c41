import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readBatch } from '../../src/lanes/batch.ts';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { cancelRequest, redriveItems, setHeld } from '../../src/requests/control.ts';
import { readItems, readRequest } from '../../src/requests/view.ts';
import { all, ids, Lab, readBatchItems } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

async function itemsOf(id: string): Promise<(string | undefined)[]> {
  return await readBatchItems(lab.keys, await lab.batch(id));
}

describe('a claim', () => {
  test('takes at most 50 items, in their order, and counts them as claimed (invariants 2, 6)', async () => {
    const all = ids(120);
    await lab.request('r', all);
    const lane = lab.lane();
    await lab.claim(lane, 'one');
    await lab.claim(lane, 'two');
    expect(await itemsOf('one')).toEqual(all.slice(0, 50));
    expect(await itemsOf('two')).toEqual(all.slice(50, 100));
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', total: 120, pending: 20, claimed: 100 });
  });

  test('run again with the same id gets the same batch and no second slot (invariant 11)', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    expect(await lab.claim(lane, 'one')).toEqual(first);
    expect(await lab.redis.zcard(`${lab.keys.base}slots:deletion`)).toBe(2);
    expect(await lab.counts('r')).toMatchObject({ claimed: 50, pending: 150 });
  });

  test('gets no more slots than the quota has (invariant 3)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    for (let i = 0; i < 5; i += 1) await lab.claim(lane, `b${i}`);
    const answer = await lane.claim('one too many');
    expect(answer.is).toBe('wait');
    expect(await lab.counts('r')).toMatchObject({ claimed: 250 });
  });

  test('lets a lone item go at once, and the next partly filled batch wait for its turn', async () => {
    const lane = lab.lane();
    await lab.request('a', ids(1));
    await lab.claim(lane, 'one');
    await lab.request('b', ids(3, 100));
    const answer = await lane.claim('two');
    expect(answer).toEqual({ is: 'wait', ms: expect.any(Number) });
    expect(answer.is === 'wait' && answer.ms).toBeGreaterThan(500);
    expect(answer.is === 'wait' && answer.ms).toBeLessThanOrEqual(1_000);
    await lab.request('c', ids(60, 200));
    expect((await lane.claim('three')).is).toBe('batch');
  });

  test('takes a share of every open request, so that a lone item is not kept behind a large one', async () => {
    await lab.request('large', ids(1_000));
    await lab.request('small', ids(1, 5_000));
    await lab.claim(lab.lane(), 'one');
    expect(await lab.counts('small')).toMatchObject({ claimed: 1 });
    expect(await lab.counts('large')).toMatchObject({ claimed: 49 });
  });

  test('takes the newest of many open requests first, and still serves the others', async () => {
    for (let i = 0; i < 150; i += 1) await lab.request(`r${i}`, ids(10, i * 10));
    await lab.claim(lab.lane(), 'one');
    expect(await lab.counts('r149')).toMatchObject({ claimed: 1 });
    expect(await lab.counts('r0')).toMatchObject({ claimed: 1 });
  });

  test('goes past a request whose items are gone', async () => {
    await lab.request('hollow', ids(5));
    await lab.redis.del(`${lab.keys.base}request:hollow:items`);
    const lane = lab.lane();
    expect(await lane.claim('one')).toEqual({ is: 'wait', ms: 1 });
    expect(await lane.claim('one')).toEqual({ is: 'empty', ms: undefined });
    await lab.request('good', ids(5, 100));
    expect((await lane.claim('two')).is).toBe('batch');
  });

  test('never mixes items that ignore revisions with others', async () => {
    const texts = (n: number, from: number) =>
      Array.from({ length: n }, (_, i) => Buffer.from(`s${from + i}`).toString('base64'));
    await lab.request('plain', texts(60, 1_000), 'resubmission');
    await lab.request('ignoring', texts(60, 2_000), 'resubmission', true);
    const lane = lab.lane('resubmission');
    await lab.claim(lane, 'one');
    await lab.claim(lane, 'two');
    const [one, two] = [await readBatch(lab.keys, 'one'), await readBatch(lab.keys, 'two')];
    expect(new Set([one?.ignoring, two?.ignoring])).toEqual(new Set([true, false]));
    expect(one?.shares).toHaveLength(1);
    expect(two?.shares).toHaveLength(1);
  });

  test('closes a batch whose body would grow over 4 MB; the item leads the next one', async () => {
    const large = (i: number) => Buffer.alloc(1_100_000, i).toString('base64');
    const texts = [1, 2, 3, 4, 5].map(large);
    await lab.request('r', texts, 'resubmission');
    const lane = lab.lane('resubmission');
    await lab.claim(lane, 'one');
    await lab.claim(lane, 'two');
    // Two of 1.47 MB fit, a third does not: the batch counts as full, and the last one alone would have to wait.
    expect([await itemsOf('one'), await itemsOf('two')]).toEqual([texts.slice(0, 2), texts.slice(2, 4)]);
    expect((await lane.claim('three')).is).toBe('wait');
  });
});

describe('begin-send', () => {
  test('refuses a claim that somebody else holds now', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    await lane.giveBack(first, { how: 'unused' }, { cause: 'unsent', code: '', message: '', dueInMs: 0 });
    const second = await lab.claim(lane, 'two');
    expect(second.batch).toBe('one');
    expect(await lane.beginSend(first)).toEqual({ is: 'no', reason: 'lease' });
    expect((await lane.beginSend(second)).is).toBe('go');
  });

  test('refuses in the last of a lease, when somebody else may have been given the slot ahead (invariant 3)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane('deletion', { quota: { calls: 1, windowMs: 300 } });
    const sleeper = await lab.claim(lane, 'one');
    // As if its lease were nearly over.
    await lab.freeWithin(90, sleeper.slot);
    const ahead = await lane.claim('two', 90);
    expect(ahead.is).toBe('batch');
    expect(await lane.beginSend(sleeper)).toEqual({ is: 'no', reason: 'lease' });
  });

  test('refuses what was claimed before a 429 blocked the endpoint', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    const [first, second] = [await lab.claim(lane, 'one'), await lab.claim(lane, 'two')];
    await lane.beginSend(first);
    const back = { cause: 'quota', code: '429', message: 'too many', dueInMs: 0 } as const;
    await lane.giveBack(first, { how: 'anchor', msSinceHeaders: 0 }, back);
    expect(await lane.beginSend(second)).toEqual({ is: 'no', reason: 'quota' });
  });

  test('names the requests that were cancelled since the claim', async () => {
    await lab.request('a', ids(10));
    await lab.request('b', ids(10, 100));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await cancelRequest(lab.keys, 'a', 60_000);
    expect(await lane.beginSend(claim)).toEqual({ is: 'cancelled', requests: ['a'] });
  });
});

describe('a recorded reference', () => {
  test('is never sent again (invariant 5)', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const { claim } = await lab.submit(lane, 'one');
    expect(await lane.beginSend(claim)).toEqual({ is: 'no', reason: 'lease' });
    const back = { cause: 'unknown', code: 'x', message: 'x', dueInMs: 0 } as const;
    expect(await lane.giveBack(claim, { how: 'late' }, back)).toBe(false);
    expect((await lane.claim('two')).is).toBe('empty');
  });

  test('is welcome late while no newer attempt has begun, and refused after', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const timing = { msSinceHeaders: 0, firstPollMs: 0 };
    const back = { cause: 'unknown', code: 'x', message: 'x', dueInMs: 0 } as const;
    const first = await lab.claim(lane, 'one');
    await lane.beginSend(first);
    await lane.giveBack(first, { how: 'late' }, back);
    const second = await lab.claim(lane, 'two');
    await lane.beginSend(second);
    expect(await lane.recordReference(first, '1', 'late', timing)).toBe(false);
    expect(await lane.recordReference(second, '2', 'good', timing)).toBe(true);
    expect((await readBatch(lab.keys, 'one'))?.reference).toBe('good');
  });
});

describe('resolving', () => {
  test('settles exactly once, and the counts add up (invariant 6)', async () => {
    await lab.request('a', ids(30));
    await lab.request('b', ids(20, 100));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'one');
    const outcomes = all(50, 'succeeded');
    const finished = await lane.resolve('one', { reference }, { outcomes });
    expect(finished?.sort()).toEqual(['a', 'b']);
    expect(await lane.resolve('one', { reference }, { outcomes })).toBeUndefined();
    expect(await lab.counts('a')).toMatchObject({ state: 'completed', total: 30, succeeded: 30, submitted: 0 });
    expect(await lab.counts('b')).toMatchObject({ state: 'completed', total: 20, succeeded: 20, submitted: 0 });
  });

  test('fails one item alone and puts the rest back in line, atomically (invariant 4)', async () => {
    const all = ids(50);
    await lab.request('r', all);
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const outcomes: ItemOutcome[] = all.map((_, i) => (i === 7 ? 'failed' : 0));
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    const release = { slot: claim.slot, as: { how: 'anchor', msSinceHeaders: 0 } as const };
    await lane.resolve(
      'one',
      { claims: claim.claims },
      { outcomes, code: '20001', message: 'bad id', children },
      release,
    );
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', failed: 1, claimed: 49 });
    const next = await lab.claim(lane, 'two');
    expect(await itemsOf(next.batch)).toEqual(all.filter((_, i) => i !== 7));
    const view = await readRequest(lab.keys, 'r');
    if (view === undefined) throw new Error('gone');
    const page = await readItems(lab.keys, view, 'failed', { from: 0, limit: 10 });
    expect(page).toEqual({ items: [{ item: all[7], code: '20001', message: 'bad id' }] });
  });

  test('halves take every other slot while new items wait', async () => {
    await lab.request('r', ids(250));
    const lane = lab.lane('deletion', { quota: { calls: 50, windowMs: 5_000 } });
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const outcomes = Array.from({ length: 50 }, (_, i) => Math.floor(i / 25));
    await lane.resolve(
      'one',
      { claims: claim.claims },
      { outcomes, children: { halves: true, dueInMs: 0, halts: 0, unknown: false } },
    );
    const order: string[] = [];
    for (let i = 0; i < 4; i += 1) order.push((await lab.claim(lane, `n${i}`)).batch);
    expect(order).toEqual(['one-1', 'n1', 'one-2', 'n3']);
  });

  test('retried items of a failed request run again, only those', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'one');
    const outcomes: ItemOutcome[] = ids(50).map((_, i) => (i < 2 ? 'failed' : 'succeeded'));
    await lane.resolve('one', { reference }, { outcomes, code: 'halted', message: 'halted' });
    expect(await lab.counts('r')).toMatchObject({ state: 'failed', failed: 2, succeeded: 48 });
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 2, retentionMs: 60_000 });
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', failed: 0, pending: 2, succeeded: 48 });
    expect(await lab.redis.ttl(`${lab.keys.base}request:r`)).toBe(-1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const again = await lab.claim(lane, 'two');
    expect(await itemsOf(again.batch)).toEqual(ids(2));
  });

  test('parked items wait for a person, who resends or fails them', async () => {
    const texts = ['aGk=', 'eW8='];
    await lab.request('r', texts, 'resubmission', true);
    const lane = lab.lane('resubmission', { quota: { calls: 50, windowMs: 50 } });
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.resolve(
      'one',
      { claims: claim.claims },
      { outcomes: all(2, 'parked'), code: 'DEADLINE', message: 'no answer' },
    );
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', parked: 2 });
    await redriveItems(lab.keys, 'r', { from: 'parked', action: 'resend', items: 1, retentionMs: 60_000 });
    expect(await lab.counts('r')).toMatchObject({ parked: 1, pending: 1 });
    await redriveItems(lab.keys, 'r', { from: 'parked', action: 'fail', items: 1, retentionMs: 60_000 });
    expect(await lab.counts('r')).toMatchObject({ parked: 0, pending: 1, failed: 1 });
    const again = await lab.claim(lane, 'two');
    expect(await itemsOf(again.batch)).toEqual(['aGk=']);
  });
});

describe('a person', () => {
  test('holds and releases a request', async () => {
    await lab.request('r', ids(60));
    const lane = lab.lane();
    await setHeld(lab.keys, 'r', 'hold');
    expect((await lane.claim('one')).is).toBe('empty');
    expect(await lab.counts('r')).toMatchObject({ state: 'held', pending: 60 });
    await setHeld(lab.keys, 'r', 'release');
    expect((await lane.claim('two')).is).toBe('batch');
  });

  test('cancels what was not sent, and what was goes on to its end', async () => {
    await lab.request('r', ids(80));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'one');
    await cancelRequest(lab.keys, 'r', 60_000);
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', submitted: 50, cancelled: 30, pending: 0 });
    await lane.resolve('one', { reference }, { outcomes: all(50, 'succeeded') });
    expect(await lab.counts('r')).toMatchObject({ state: 'cancelled', succeeded: 50, cancelled: 30 });
  });
});
