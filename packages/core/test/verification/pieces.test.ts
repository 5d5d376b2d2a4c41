import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { batchKey, requestKey } from '../../src/lanes/keys.ts';
import { survey } from '../../src/lanes/survey.ts';
import { readItems, readRequest } from '../../src/requests/view.ts';
import { freePageSlot } from '../../src/selections/walks.ts';
import { putOffPieces, takeCheckSlot, takePieces } from '../../src/verification/pieces.ts';
import { readVerificationFigures } from '../../src/verification/verification-figures.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';
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

describe('what is to be verified', () => {
  test('are the gone sessions of a selection, in the step that settles them', async () => {
    await selected(lab, 'r', ids(3));
    expect(await verification('r')).toBeUndefined();
    expect(await completed(lab, 'b')).toEqual(['r']);
    expect(await verification('r')).toMatchObject({ state: 'waiting', waiting: 3, verified: 0, unverifiable: 0 });
    const piece = await only(lab);
    expect(piece).toMatchObject({ batch: 'b', deletedAgain: false, positions: [1, 2, 3], sessionIds: ids(3) });
    expect(await take(lab, 'another')).toEqual([]);
  });

  test('comes due after the grace', async () => {
    await settingsOf(lab, { afterMs: 60_000 });
    await selected(lab, 'r', ids(3));
    await completed(lab, 'b');
    const claim = await takePieces(lab.keys, 'me');
    expect(claim.is).toBe('empty');
    expect(claim.is === 'empty' ? claim.ms : 0).toBeGreaterThan(50_000);
  });

  test('is nothing of a deletion whose sessions nobody saw: they are unverifiable', async () => {
    await lab.request('r', ids(3));
    await completed(lab, 'b');
    expect(await take(lab)).toEqual([]);
    expect(await verification('r')).toMatchObject({ state: 'none', waiting: 0, unverifiable: 3 });
    expect((await lab.counts('r')).unverifiable).toBe(3);
  });

  test.each([
    ['never', {}],
    ['selections', { verify: '0' }],
  ] as const)('is nothing of a selection where %s is asked for with %j', async (deletions, fields) => {
    await settingsOf(lab, { deletions });
    await selected(lab, 'r', ids(3));
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'other', '', ...Object.entries(fields).flat());
    await completed(lab, 'b');
    expect(await take(lab)).toEqual([]);
    expect(await verification('r')).toMatchObject({ state: 'none', unverifiable: 3 });
  });

  test('of a batch with several requests is what belongs to those whose sessions were seen', async () => {
    await selected(lab, 'seen', ids(2));
    await lab.request('unseen', ids(2, 100));
    await completed(lab, 'b');
    const piece = await only(lab);
    expect(piece.sessionIds.toSorted()).toEqual(ids(2));
    await record(lab, piece);
    expect(await verification('seen')).toMatchObject({ state: 'done', verified: 2, unverifiable: 0 });
    expect(await verification('unseen')).toMatchObject({ state: 'none', verified: 0, unverifiable: 2 });
  });

  test('are items that were gone at Learnosity already', async () => {
    await selected(lab, 'r', ids(1));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'b');
    await lane.beginSend(claim);
    await lane.resolve('b', { claims: claim.claims }, { outcomes: ['absent'] });
    const piece = await only(lab);
    await record(lab, piece);
    expect(await lab.counts('r')).toMatchObject({ succeeded: 1, absent: 1, verified: 1 });
  });

  test('is not settled twice, nor counted twice (invariants 6 and 11)', async () => {
    await selected(lab, 'r', ids(3));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'b');
    const outcomes = ids(3).map(() => 'succeeded' as const);
    await lane.resolve('b', { reference }, { outcomes });
    await lane.resolve('b', { reference }, { outcomes });
    expect(await verification('r')).toMatchObject({ waiting: 3 });
    const piece = await only(lab);
    expect(await record(lab, piece)).toMatchObject({ verified: 3, named: 0, ended: ['r'] });
    expect(await record(lab, piece)).toBeUndefined();
    expect(await verification('r')).toMatchObject({ state: 'done', verified: 3 });
  });

  test('keeps its consumer busy, and the rounds learn when it is due', async () => {
    await settingsOf(lab, { afterMs: 60_000 });
    await selected(lab, 'r', ids(1));
    await completed(lab, 'b');
    await lab.redis.zremrangebyrank(`${lab.keys.base}finish`, 0, -1);
    const options = { most: 10, abandonedAfterMs: 1, mirrorGraceMs: 1, cursors: { requests: '0', batches: '0' } };
    const found = await survey(lab.keys, { ...options, quotas, countedSince: 0 });
    expect(found.quiet).toBe(false);
    expect(found.nextVerificationMs).toBeGreaterThan(50_000);
  });
});

describe('a piece', () => {
  test('that its worker gives no sign of is asked for by another, and the first writes nothing any more', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    const first = await only(lab, 'first');
    await lab.redis.zadd(`${lab.keys.base}verifications`, 1, 'b');
    const second = await only(lab, 'second');
    expect(await record(lab, first, {}, 'first')).toBeUndefined();
    expect(await verification('r')).toMatchObject({ state: 'waiting', verified: 0 });
    expect(await record(lab, second, {}, 'second')).toMatchObject({ verified: 2 });
  });

  test('that is put off belongs to nobody, and rests', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    const piece = await only(lab);
    await putOffPieces(lab.keys, 'another', [piece], 0);
    expect(await take(lab)).toEqual([]);
    await putOffPieces(lab.keys, 'me', [piece], 60_000);
    expect(await takePieces(lab.keys, 'me')).toEqual({ is: 'empty', ms: expect.any(Number) });
    expect(await record(lab, piece)).toBeUndefined();
  });

  test('waits on for those that Learnosity still shows', async () => {
    await selected(lab, 'r', ids(4));
    await completed(lab, 'b');
    await record(lab, await only(lab), { named: [2, 4], nextMs: 0 });
    expect(await verification('r')).toMatchObject({ state: 'waiting', waiting: 2, verified: 2 });
    const rest = await only(lab);
    expect(rest).toMatchObject({ positions: [2, 4], sessionIds: [ids(4)[1], ids(4)[3]] });
    await record(lab, rest, { named: [2, 4], nextMs: 0 });
    await record(lab, await only(lab));
    expect(await verification('r')).toMatchObject({ state: 'done', verified: 4, checkedAt: expect.any(String) });
  });

  test('takes slots of the metadata endpoint, and waits for one', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    const pieces = await take(lab);
    const quota = { calls: 1, windowMs: 5_000 };
    const call = { quota, deadlineMs: 1_000 };
    const claim = { token: 'me', pieces };
    expect(await takeCheckSlot(lab.keys, { ...claim, slot: 'one' }, call)).toEqual({ is: 'slot' });
    expect(await takeCheckSlot(lab.keys, { ...claim, slot: 'two' }, call)).toEqual({ is: 'wait', ms: 5_000 });
    await freePageSlot(lab.keys, 'one', { msSinceHeaders: 4_900 }, quota);
    expect(await takeCheckSlot(lab.keys, { ...claim, slot: 'two' }, call)).toEqual({
      is: 'wait',
      ms: expect.any(Number),
    });
    expect(await lab.redis.exists(`${lab.keys.base}slots:jobs`)).toBe(0);
  });
});

describe('what Learnosity still shows after the grace', () => {
  async function again(n = 3): Promise<void> {
    await selected(lab, 'r', ids(n));
    await completed(lab, 'b');
    expect(await record(lab, await only(lab), { fate: 'again', named: [2] })).toMatchObject({ reopened: ['r'] });
  }

  test('is deleted again as a batch of its request, and the counts add up (invariants 2 and 6)', async () => {
    await again();
    expect(await lab.counts('r')).toMatchObject({
      state: 'processing',
      total: 3,
      succeeded: 2,
      claimed: 1,
      verified: 2,
    });
    expect(await ttl('r')).toBe(-1);
    const lane = lab.lane();
    const { claim, reference } = await lab.submit(lane, 'any');
    expect(claim.batch).toBe('b-again');
    expect(await lab.redis.lrange(`${batchKey(lab.keys, 'b-again')}:items`, 0, -1)).toHaveLength(1);
    const finished = await lane.resolve('b-again', { reference }, { outcomes: ['succeeded'] });
    expect(finished).toEqual(['r']);
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 3, claimed: 0, resent: 0 });
    const piece = await only(lab);
    expect(piece).toMatchObject({ batch: 'b-again', deletedAgain: true, sessionIds: [ids(3)[1]] });
    await record(lab, piece);
    expect(await verification('r')).toMatchObject({ state: 'done', verified: 3, stillThere: 0 });
  });

  test('is in one place while it is deleted again, also where the record is written twice (invariant 11)', async () => {
    await selected(lab, 'r', ids(3));
    await completed(lab, 'b');
    const piece = await only(lab);
    await record(lab, piece, { fate: 'again', named: [2] });
    expect(await record(lab, piece, { fate: 'again', named: [2] })).toBeUndefined();
    expect(await lab.counts('r')).toMatchObject({ total: 3, succeeded: 2, claimed: 1 });
  });

  test('is deleted again although the rest of its request was cancelled', async () => {
    await selected(lab, 'r', ids(1));
    await completed(lab, 'b');
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'cancelledAt', 1);
    await record(lab, await only(lab), { fate: 'again', named: [1] });
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'any');
    expect(await lane.beginSend(claim)).toMatchObject({ is: 'go' });
  });

  test('is told of where it does not go, with its items to page through', async () => {
    await again();
    const { reference } = await lab.submit(lab.lane(), 'any');
    await lab.lane().resolve('b-again', { reference }, { outcomes: ['succeeded'] });
    await record(lab, await only(lab), { fate: 'stillThere', named: [1] });
    expect(await verification('r')).toMatchObject({ state: 'done', verified: 2, stillThere: 1, waiting: 0 });
    const view = await readRequest(lab.keys, 'r');
    if (view === undefined) throw new Error('no request');
    expect(await readItems(lab.keys, view, 'stillThere', { from: 0, limit: 10 })).toEqual({
      items: [{ item: ids(3)[1], code: 'still_there', message: expect.stringContaining('deleted twice') }],
    });
    expect(await ttl('r')).toBeGreaterThan(0);
    const figures = await readVerificationFigures(lab.redis, 'test', lab.keys.consumer);
    expect(figures).toMatchObject({ stillThere: 1, verified: 2, again: 1, unseen: 0 });
    expect(figures.stillThereAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('counts what nobody saw before its deletion, and cannot be asked for', async () => {
    await lab.request('r', ids(3));
    await completed(lab, 'b');
    const figures = await readVerificationFigures(lab.redis, 'test', lab.keys.consumer);
    expect(figures).toMatchObject({ unseen: 3, waiting: 0, dueAt: undefined, stillThereAt: undefined });
  });

  test('stays marked as deleted again when its batch is split', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    await record(lab, await only(lab), { fate: 'again', named: [1, 2] });
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'any');
    await lane.beginSend(claim);
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('b-again', { claims: claim.claims }, { outcomes: [1, 2], children });
    const { reference, claim: half } = await lab.submit(lane, 'half');
    await lane.resolve(half.batch, { reference }, { outcomes: ['succeeded'] });
    expect(await only(lab)).toMatchObject({ batch: 'b-again-1', deletedAgain: true });
  });
});

describe('what Learnosity never said', () => {
  test('is unverifiable', async () => {
    await selected(lab, 'r', ids(2));
    await completed(lab, 'b');
    await record(lab, await only(lab), { fate: 'unasked', named: [1, 2] });
    const said = await verification('r');
    expect(said).toMatchObject({ state: 'done', verified: 0, unverifiable: 2, waiting: 0 });
    expect(said).not.toHaveProperty('checkedAt');
  });
});
