import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { requestKey } from '../../src/lanes/keys.ts';
import { LegalHoldStore } from '../../src/legal-holds/legal-hold-store.ts';
import { endHold, takeHold } from '../../src/legal-holds/resolving.ts';
import { openRequest, redriveItems } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { readRequest } from '../../src/requests/view.ts';
import { type LookBefore, recordLookBefore, takeLookBefore } from '../../src/verification/looks-before.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { completed, record, retentionMs, settingsOf, take } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
  await settingsOf(lab, { deletions: 'always' });
});

async function ask(items: readonly string[], notes: { verify?: boolean } = {}, id = 'r') {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items, notes });
  return await openRequest(lab.keys, id);
}

async function look(token = 'me'): Promise<LookBefore> {
  const claim = await takeLookBefore(lab.keys, token);
  if (claim.is !== 'look') throw new Error(`nothing to look for: ${JSON.stringify(claim)}`);
  return claim.look;
}

const state = async (id = 'r') => (await readRequest(lab.keys, id))?.state;
/** The time after which a request is opened although nobody has looked. */
const overdue = (id = 'r') => lab.redis.hset(requestKey(lab.keys, id), 'openBy', 1);

describe('a deletion that is to be verified', () => {
  test('is verified after its second deletion too', async () => {
    await ask(ids(2));
    await recordLookBefore(lab.keys, 'me', await look(), { shown: new Set(ids(2)) });
    await completed(lab, 'b');
    const [first] = await take(lab);
    if (first === undefined) throw new Error('nothing is to be verified');
    await record(lab, first, { fate: 'again', named: [2] });
    await completed(lab, 'any');
    const [second] = await take(lab);
    expect(second).toMatchObject({ deletedAgain: true, sessionIds: [ids(2)[1]] });
    if (second !== undefined) await record(lab, second);
    expect((await readRequest(lab.keys, 'r'))?.verification).toMatchObject({
      state: 'done',
      verified: 2,
      unverifiable: 0,
    });
  });

  test('keeps nothing for good of a look that ends after it', async () => {
    await ask(ids(2));
    const late = await look();
    await overdue();
    await openRequest(lab.keys, 'r');
    await completed(lab, 'b');
    expect(await state()).toBe('completed');
    await recordLookBefore(lab.keys, 'me', late, { shown: new Set(ids(2)) });
    expect(await lab.redis.pttl(`${requestKey(lab.keys, 'r')}:seen`)).not.toBe(-1);
  });

  test('is not opened by a look while a legal hold on a user is to be resolved again', async () => {
    const holds = new LegalHoldStore(lab.redis, 'test');
    await holds.addLegalHold({ reason: 'case 12', by: 'ada', consumer: lab.keys.consumer, userId: 'learner' });
    const resolve = async () => {
      const hold = await takeHold(lab.keys, 't');
      if ('ms' in hold) throw new Error('there is no hold to resolve');
      await endHold(lab.keys, hold);
    };
    await resolve();
    // Accepted later than what is known of the learner's sessions.
    const [hold = ''] = await lab.redis.zrange(`${lab.keys.base}holds:subjects`, '0', '0');
    await lab.redis.zadd(`${lab.keys.base}holds:subjects`, 'XX', '1', hold);
    await ask(ids(3));
    await recordLookBefore(lab.keys, 'me', await look(), { shown: new Set(ids(3)) });
    expect(await state()).toBe('accepted');
    expect((await lab.lane().claim('b')).is).toBe('empty');
    expect(await openRequest(lab.keys, 'r')).toMatchObject({ state: 'accepted' });
    await resolve();
    expect(await openRequest(lab.keys, 'r')).toMatchObject({ state: 'processing' });
  });

  test('waits a moment for its first sessions to be looked for, and goes on at once then', async () => {
    expect(await ask(ids(60))).toEqual({ state: 'accepted', waitMs: 2_000 });
    const first = await look();
    expect(first).toEqual({ request: 'r', first: 0, sessionIds: ids(50) });
    await recordLookBefore(lab.keys, 'me', first, { shown: new Set(ids(50)) });
    expect(await state()).toBe('accepted');
    const rest = await look();
    expect(rest.sessionIds).toEqual(ids(10, 50));
    await recordLookBefore(lab.keys, 'me', rest, { shown: new Set() });
    expect(await state()).toBe('processing');
    expect(await takeLookBefore(lab.keys, 'me')).toMatchObject({ is: 'empty' });
  });

  test('goes out unseen when nobody looks in time, and is unverifiable', async () => {
    await ask(ids(3));
    await overdue();
    expect(await openRequest(lab.keys, 'r')).toEqual({ state: 'processing', waitMs: 0 });
    await completed(lab, 'b');
    expect(await take(lab)).toEqual([]);
    expect((await readRequest(lab.keys, 'r'))?.verification).toMatchObject({ state: 'none', unverifiable: 3 });
  });

  test('has those verified that Learnosity showed, and no other', async () => {
    await ask(ids(4));
    await recordLookBefore(lab.keys, 'me', await look(), { shown: new Set([ids(4)[1] ?? '', ids(4)[3] ?? '']) });
    await completed(lab, 'b');
    const [piece] = await take(lab);
    expect(piece).toMatchObject({ positions: [2, 4], sessionIds: [ids(4)[1], ids(4)[3]] });
    const said = { state: 'waiting', waiting: 2, unverifiable: 2 };
    expect((await readRequest(lab.keys, 'r'))?.verification).toMatchObject(said);
  });

  test('is looked for ahead of what the lane has taken, each session under its number', async () => {
    await ask(ids(120));
    await overdue();
    await openRequest(lab.keys, 'r');
    await completed(lab, 'one');
    const ahead = await look();
    expect(ahead).toMatchObject({ first: 50, sessionIds: ids(50, 50) });
    await recordLookBefore(lab.keys, 'me', ahead, { shown: new Set(ids(1, 99)) });
    await completed(lab, 'two');
    expect(await take(lab)).toMatchObject([{ batch: 'two', positions: [50], sessionIds: ids(1, 99) }]);
  });

  test('has its sessions seen still when their batch is split', async () => {
    await ask(ids(4));
    await recordLookBefore(lab.keys, 'me', await look(), { shown: new Set(ids(1, 3)) });
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'b');
    await lane.beginSend(claim);
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('b', { claims: claim.claims }, { outcomes: [1, 1, 2, 2], children });
    for (const half of ['one', 'two']) {
      const sent = await lab.submit(lane, half);
      await lane.resolve(sent.claim.batch, { reference: sent.reference }, { outcomes: ['succeeded', 'succeeded'] });
    }
    expect(await take(lab)).toMatchObject([{ batch: 'b-2', positions: [2], sessionIds: ids(1, 3) }]);
  });

  test('is looked for again where its failed sessions are put back in line', async () => {
    await ask(ids(2));
    await recordLookBefore(lab.keys, 'me', await look(), { shown: new Set() });
    const lane = lab.lane();
    const { reference, claim } = await lab.submit(lane, 'b');
    await lane.resolve(claim.batch, { reference }, { outcomes: ['failed', 'failed'] });
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 2, retentionMs });
    const again = await look();
    expect(again).toEqual({ request: 'r', first: 2, sessionIds: ids(2) });
    await recordLookBefore(lab.keys, 'me', again, { shown: new Set(ids(1)) });
    await lab.redis.hset(`${lab.keys.base}deletion:lane`, 'claimedAt', 1);
    await completed(lab, 'c');
    expect(await take(lab)).toMatchObject([{ positions: [1] }]);
  });

  test('is looked for by one at a time, and what another has written stands (invariant 11)', async () => {
    await ask(ids(2));
    const first = await look('first');
    await lab.redis.zadd(`${lab.keys.base}unseen`, 1, 'r');
    const second = await look('second');
    expect(await recordLookBefore(lab.keys, 'first', first, { shown: new Set() })).toBe(false);
    expect(await recordLookBefore(lab.keys, 'second', second, { shown: new Set(ids(2)) })).toBe(true);
    expect(await recordLookBefore(lab.keys, 'second', second, { shown: new Set() })).toBe(false);
  });

  test('is not looked for while Learnosity gives no answer', async () => {
    await ask(ids(2));
    await recordLookBefore(lab.keys, 'me', await look(), { nextMs: 60_000 });
    expect(await takeLookBefore(lab.keys, 'me')).toEqual({ is: 'empty', ms: expect.any(Number) });
    expect(await state()).toBe('accepted');
  });
});

test.each([
  ['selections', {}, false],
  ['selections', { verify: true }, true],
  ['always', { verify: false }, false],
  ['never', { verify: true }, true],
  ['never', {}, false],
] as const)('where %s are verified, a deletion with %j is looked for: %s', async (deletions, notes, isLookedFor) => {
  await settingsOf(lab, { deletions });
  await ask(ids(2), notes);
  expect((await takeLookBefore(lab.keys, 'me')).is).toBe(isLookedFor ? 'look' : 'empty');
  expect(await state()).toBe(isLookedFor ? 'accepted' : 'processing');
});
