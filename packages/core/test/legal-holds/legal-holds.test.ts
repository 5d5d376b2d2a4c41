import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Redis } from 'ioredis';
import { recordSchema } from '../../src/evidence/journal/record.ts';
import { journalEvents } from '../../src/evidence-store/journal-events.ts';
import { readOutbox, switchEvidence } from '../../src/evidence-store/outbox.ts';
import { requestKey } from '../../src/lanes/keys.ts';
import { heldAmong, holdsOn } from '../../src/legal-holds/held-items.ts';
import { LegalHoldStore } from '../../src/legal-holds/legal-hold-store.ts';
import { endHold, type HoldToResolve, holdPage, putOffHold, takeHold } from '../../src/legal-holds/resolving.ts';
import { openRequest } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { readLaneStop, readRequest } from '../../src/requests/view.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { takenHold } from './lab.ts';

leakGuard();

let lab: Lab;
let holds: LegalHoldStore;
beforeAll(async () => {
  lab = await Lab.start();
  holds = new LegalHoldStore(lab.redis, 'test');
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
});

const why = { reason: 'case 12', by: 'ada' };
const consumer = () => lab.keys.consumer;

/** Which of the first `n` ids are held, by their positions. */
async function held(n: number): Promise<number[]> {
  return await heldAmong(lab.keys, ids(n));
}

const taken = () => takenHold(lab);

const page = (pages: number) => ({ next: `cursor-${pages}`, pages, sessions: 2 * pages });

/** Takes it up as after the lease of whoever had it. */
async function again(): Promise<HoldToResolve> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  await lab.redis.hdel(`${lab.keys.base}holds:resolving`, 'dueAt');
  return await taken();
}

/** A Redis that goes away after so many scripts. */
function failingAfter(calls: number): Redis {
  let left = calls;
  const call = async (command: string, args: string[]) => {
    if (left === 0) throw new Error('away');
    const reply = await lab.redis.call(command, args);
    // What Redis does not know yet comes again.
    left -= 1;
    return reply;
  };
  return { call } as unknown as Redis;
}

async function opened(id = 'r') {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items: ids(3) });
  return await openRequest(lab.keys, id);
}

describe('a legal hold on sessions', () => {
  test('keeps them, says why and by whom, and is there once however often it is made', async () => {
    const input = { ...why, id: 'hold', consumer: consumer(), sessionIds: [ids(1)[0] ?? '', 'no uuid'] };
    for (const _ of [1, 2]) {
      expect(await holds.addLegalHold(input)).toMatchObject({ ...why, id: 'hold', on: 'sessions', sessions: 2 });
    }
    expect(await held(3)).toEqual([0]);
    expect(await heldAmong(lab.keys, ['no uuid'])).toEqual([0]);
    expect(await holds.legalHolds(consumer())).toMatchObject([{ id: 'hold' }]);
    const kept: string[] = [];
    for await (const some of holds.heldSessions('hold')) kept.push(...some);
    expect(kept.toSorted()).toEqual([ids(1)[0], 'no uuid']);
  });

  test('that is lifted frees them, but for those that another one keeps', async () => {
    await holds.addLegalHold({ ...why, id: 'one', consumer: consumer(), sessionIds: ids(1_000) });
    await holds.addLegalHold({ ...why, id: 'two', consumer: consumer(), sessionIds: ids(1, 2) });
    expect(await holdsOn(lab.keys, [...ids(1, 2), ...ids(1), 'free'])).toEqual(['two', 'one', undefined]);
    expect(await holds.removeLegalHold('one', why)).toMatchObject({ id: 'one', sessions: 1_000 });
    expect(await held(5)).toEqual([2]);
    await expect(holds.getLegalHold('one')).rejects.toMatchObject({ code: 'not_found' });
    await expect(holds.removeLegalHold('one', why)).rejects.toMatchObject({ code: 'not_found' });
    await holds.removeLegalHold('two', why);
    expect(await lab.redis.keys(`${lab.keys.base}h*`)).toEqual([]);
  });

  test('is the one that is named of those that have a session, in the order of the sessions', async () => {
    const all = ids(50);
    for (const [place, sessionId] of all.entries())
      await holds.addLegalHold({ ...why, id: `h${place}`, consumer: consumer(), sessionIds: [sessionId] });
    expect(await holdsOn(lab.keys, all.toReversed())).toEqual(all.map((_, place) => `h${place}`).toReversed());
    // The newest one has all that is asked for.
    expect(await holdsOn(lab.keys, all.slice(-1))).toEqual(['h49']);
    expect(await holdsOn(lab.keys, [])).toEqual([]);
  });

  test('keeps nothing of another consumer, and its id is not that of another consumer’s', async () => {
    await holds.addLegalHold({ ...why, id: 'one', consumer: consumer(), sessionIds: ids(1) });
    lab.next();
    expect(await held(1)).toEqual([]);
    const other = { ...why, id: 'one', consumer: consumer(), sessionIds: ids(1) };
    await expect(holds.addLegalHold(other)).rejects.toMatchObject({ code: 'id_taken' });
  });
});

describe('the journal of evidence', () => {
  const told = async () => {
    const events = await readOutbox(lab.keys, 10);
    return events.flatMap((event) => journalEvents(consumer(), event, () => undefined)).map(({ event }) => event);
  };

  test('is told once who placed a hold and who lifted it, and why, and never on what', async () => {
    await switchEvidence(lab.keys, true);
    for (const _ of [1, 2]) {
      await holds.addLegalHold({ ...why, id: 'one', consumer: consumer(), sessionIds: ids(1_000) });
      await holds.addLegalHold({ reason: 'case 13', id: 'two', consumer: consumer(), userId: 'learner' });
    }
    await holdPage(lab.keys, await taken(), ids(2), page(1));
    const { base } = lab.keys;
    // Somebody died when half of them were let go.
    await lab.redis.hset(`${base}hold:one`, { removing: 1 });
    await lab.redis.sadd(`${base}hold:one:sessions`, ids(1_000, 1_000));
    await holds.removeLegalHold('one', { reason: 'closed', by: 'bob' });
    await holds.removeLegalHold('two', { reason: 'settled' });
    const of = { at: expect.any(String), consumer: consumer() };
    expect(await told()).toEqual([
      { ...of, event: 'legal-hold-placed', hold: 'one', on: 'sessions', sessions: 1_000, by: 'ada', reason: 'case 12' },
      { ...of, event: 'legal-hold-placed', hold: 'two', on: 'user', reason: 'case 13' },
      { ...of, event: 'legal-hold-lifted', hold: 'one', on: 'sessions', sessions: 2_000, by: 'bob', reason: 'closed' },
      { ...of, event: 'legal-hold-lifted', hold: 'two', on: 'user', sessions: 2, reason: 'settled' },
    ]);
    for (const record of await told()) expect(recordSchema.parse({ sequence: 1, ...record })).toBeDefined();
    expect(JSON.stringify(await told())).not.toContain('learner');
  });

  test('is told nothing where evidence is off', async () => {
    await holds.addLegalHold({ ...why, id: 'one', consumer: consumer(), sessionIds: ids(1) });
    await holds.removeLegalHold('one', why);
    expect(await told()).toEqual([]);
  });
});

describe('a legal hold on a user or an activity', () => {
  test('lets no deletion be claimed or begun until its sessions are known', async () => {
    await lab.request('r', ids(100));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'learner' });
    expect(await lane.claim('two')).toMatchObject({ is: 'stopped' });
    expect(await lane.beginSend(claim)).toEqual({ is: 'no', reason: 'stopped' });
    expect(await readLaneStop(lab.keys, 'deletion')).toMatchObject({ code: 'legal_hold' });
    const hold = await taken();
    expect(hold.filter).toEqual({ userIds: ['learner'] });
    for (const _ of [1, 2]) expect(await holdPage(lab.keys, hold, ids(2), page(1))).toBe(true);
    expect(await held(3)).toEqual([0, 1]);
    await endHold(lab.keys, hold);
    expect((await lane.claim('two')).is).toBe('batch');
    expect((await lane.beginSend(claim)).is).toBe('go');
    expect(await readLaneStop(lab.keys, 'deletion')).toBeUndefined();
    const [view] = await holds.legalHolds(consumer());
    expect(view).toMatchObject({ on: 'user', userId: 'learner', sessions: 2, resolvedAt: expect.any(String) });
  });

  test('is resolved again before a deletion that came later is opened, which says that it waits', async () => {
    await holds.addLegalHold({ ...why, consumer: consumer(), activityId: 'exam' });
    await endHold(lab.keys, await taken());
    // Redis counts in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await opened()).toMatchObject({ state: 'accepted' });
    expect((await openRequest(lab.keys, 'r')).waitMs).toBeGreaterThan(0);
    expect(await readRequest(lab.keys, 'r')).toMatchObject({ state: 'accepted', waiting: { code: 'legal_hold' } });
    const hold = await taken();
    expect(hold.filter).toEqual({ activityIds: ['exam'] });
    await endHold(lab.keys, hold);
    expect(await openRequest(lab.keys, 'r')).toEqual({ state: 'processing', waitMs: 0 });
    expect(await readRequest(lab.keys, 'r')).not.toHaveProperty('waiting');
    expect(await takeHold(lab.keys, 'another')).toEqual({ ms: undefined });
  });

  test('tells in the request why its sessions cannot be found, and is tried again later', async () => {
    await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'learner' });
    await opened();
    await putOffHold(lab.keys, await taken(), 60_000, { code: '41001', message: 'wrong key' });
    expect(await readRequest(lab.keys, 'r')).toMatchObject({
      state: 'accepted',
      waiting: { code: '41001', message: expect.stringContaining('wrong key') },
    });
    const next = await takeHold(lab.keys, 'another');
    expect('ms' in next && next.ms).toBeGreaterThan(50_000);
  });

  test('goes on behind its last page after one that failed, as of when its walk began', async () => {
    await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'learner' });
    const hold = await taken();
    expect(hold.from).toBeUndefined();
    await holdPage(lab.keys, hold, ids(2), page(1));
    await putOffHold(lab.keys, hold, 0, { code: 'HTTP_503', message: 'away' });
    // Redis counts in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
    const next = await taken();
    expect(next).toMatchObject({ id: hold.id, asOf: hold.asOf, from: page(1), failures: 1 });
    await holdPage(lab.keys, next, ids(2, 10), page(2));
    await putOffHold(lab.keys, next, 0, { code: 'HTTP_503', message: 'away' });
    expect(await taken()).toMatchObject({ from: page(2), failures: 1 });
    expect((await holds.legalHolds(consumer()))[0]).toMatchObject({ sessions: 4 });
  });

  test('begins anew where its last page is old, where that is wanted, and once it was resolved', async () => {
    const { id } = await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'learner' });
    const before = await taken();
    await holdPage(lab.keys, before, ids(2), page(1));
    await putOffHold(lab.keys, before, 0, { code: 'UNREADABLE', message: 'a circle', isAnew: true });
    expect(await taken()).toHaveProperty('from', undefined);

    const old = await again();
    await holdPage(lab.keys, old, ids(2), page(1));
    await lab.redis.hset(`${lab.keys.base}hold:${id}`, 'pageAt', Date.now() - 11 * 60_000);
    const anew = await again();
    expect(anew.from).toBeUndefined();
    expect(Number(anew.asOf)).toBeGreaterThan(Number(old.asOf));

    await holdPage(lab.keys, anew, ids(2), page(1));
    await endHold(lab.keys, anew);
    expect(await lab.redis.hmget(`${lab.keys.base}hold:${id}`, 'next', 'pageAt', 'asOf')).toEqual([null, null, null]);
  });

  test('keeps all of a page before it goes on behind it', async () => {
    const { id } = await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'learner' });
    const hold = await taken();
    const wholePage = ids(1_500);
    await holdPage({ ...lab.keys, redis: failingAfter(1) }, hold, wholePage, page(1)).catch(() => undefined);
    expect(await lab.redis.hget(`${lab.keys.base}hold:${id}`, 'next')).toBeNull();
    await holdPage(lab.keys, hold, wholePage, page(1));
    expect(await lab.redis.hget(`${lab.keys.base}hold:${id}`, 'next')).toBe('cursor-1');
  });

  test('that is lifted lets deletions go on, and whoever resolves it keeps nothing more', async () => {
    await holds.addLegalHold({ ...why, id: 'hold', consumer: consumer(), userId: 'learner' });
    const hold = await taken();
    for (const _ of [1, 2]) await holdPage(lab.keys, hold, ids(2), page(1));
    await holds.removeLegalHold('hold', why);
    expect(await holdPage(lab.keys, hold, ids(2), page(1))).toBe(false);
    expect(await held(2)).toEqual([]);
    expect(await opened()).toEqual({ state: 'processing', waitMs: 0 });
    expect(await lab.redis.hexists(requestKey(lab.keys, 'r'), 'resolveFrom')).toBe(0);
  });
});
