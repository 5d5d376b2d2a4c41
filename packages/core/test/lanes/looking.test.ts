import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { attachJob, endLook, lookAfterMs, readRecorded } from '../../src/lanes/looking.ts';
import { cancelRequest } from '../../src/requests/control.ts';
import { Lab } from './lab.ts';
import { LostLab, times } from './lost-lab.ts';

leakGuard();

let lab: Lab;
let lost: LostLab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lost = new LostLab(lab.next());
});

const untilLooked = lookAfterMs(times);
const attachment = { times, firstPollMs: 1_000 };
const scoreOf = (set: string, member: string) => lab.redis.zscore(`${lab.keys.base}${set}`, member);
const parked = { outcomes: ['parked', 'parked', 'parked'] as const, code: 'DEADLINE', message: 'none could be it' };

describe('the calls of a lane whose key nobody else uses', () => {
  test('are noted when they begin, once, and are known by their job from its reference on (invariant 11)', async () => {
    const { claim, attempt, record } = await lost.begin('one');
    expect(await lost.attempts()).toEqual(['one:1']);
    const begun = await scoreOf('attempts', 'one:1');
    await lost.lane().beginSend(claim);
    expect(await scoreOf('attempts', 'one:1')).toBe(begun);
    await record('reference one');
    await record('reference one');
    expect(await lost.attempts()).toEqual([]);
    expect([...(await readRecorded(lab.keys, ['reference one', 'another'])).keys()]).toEqual(['reference one']);
    expect(attempt).toBe('1');
  });

  test('are known once it is sure that they had no effect, and not before', async () => {
    const lane = lost.lane();
    const back = { cause: 'transient', code: '10000', message: 'down', dueInMs: 0 } as const;
    const one = await lost.begin('one');
    await lane.giveBack(one.claim, { how: 'anchor', msSinceHeaders: 0 }, { ...back, hadNoEffect: true });
    expect(await lost.attempts()).toEqual([]);
    const two = await lost.beginAgain('two');
    await lane.giveBack(two.claim, { how: 'late' }, { ...back, cause: 'unknown' });
    expect(await lost.attempts()).toEqual(['one:2']);
  });

  test('are known when the answer blames an item', async () => {
    const lane = lost.lane();
    const { claim } = await lost.begin('one');
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    const end = { slot: claim.slot, as: { how: 'anchor', msSinceHeaders: 0 }, hadNoEffect: true } as const;
    await lane.resolve('one', { claims: claim.claims }, { outcomes: [0, 1, 1], children }, end);
    expect(await lost.attempts()).toEqual([]);
  });

  test('are noted for an hour by replicas that were not told so, and from the first that is not, nothing is complete', async () => {
    await lost.begin('declared');
    const undeclared = lost.lane(false);
    await lost.begin('noted', { lane: undeclared });
    expect(await lost.attempts()).toEqual(['declared:1', 'noted:1']);
    await lost.letGoBy(3_700_000);
    await lost.begin('not-noted', { lane: undeclared });
    expect(await lost.attempts()).not.toContain('not-noted:1');
    expect(await lab.redis.hmget(`${lab.keys.base}quota`, 'notedAt', 'notedSince')).toEqual([null, null]);
  });

  test('of any other lane are not, and no key of its is made', async () => {
    const { record } = await lost.begin('one', { lane: lost.lane(false) });
    await record('reference one');
    const keys = await lab.redis.keys(`${lab.keys.base}*`);
    expect(keys.filter((key) => /attempts|references|lost/.test(key))).toEqual([]);
    expect((await lost.record('one')).noted).toBeUndefined();
  });
});

describe('a lost batch', () => {
  test('is set aside with its members and counts, until every call that matters is known (invariants 2, 6)', async () => {
    await lost.wellKnown();
    const { lose } = await lost.begin('one');
    expect([await lose(), await lose()]).toEqual(['lost', 'lost']);
    expect(await lost.record('one')).toMatchObject({
      state: 'lost',
      failures: '1',
      unknown: '1',
      lastCode: 'DEADLINE',
    });
    expect(await lab.counts('request-one')).toMatchObject({ claimed: 3, pending: 0 });
    expect(await scoreOf('leases', 'one')).toBeNull();
    const early = await lost.claimLook();
    expect(early.is === 'empty' && early.ms).toBeGreaterThan(untilLooked - 1_000);
    expect((await lost.lane().claim('two')).is).toBe('empty');
  });

  test('is none when its call was not noted: it goes the way it went before', async () => {
    const { lose } = await lost.begin('one', { lane: lost.lane(false) });
    expect(await lose()).toBe('not noted');
    expect((await lost.record('one')).state).toBe('sending');
  });

  test('gets the job that is found, and is followed as any other (invariants 5, 11)', async () => {
    await lost.wellKnown();
    const { lose, attempt } = await lost.begin('one');
    await lose();
    await lost.letGoBy(untilLooked);
    const look = await lost.look();
    expect(look).toMatchObject({ attempt, jobType: 'failed_submission' });
    expect(await attachJob(lab.keys, look, 'found', attachment)).toBe(true);
    expect(await attachJob(lab.keys, look, 'found', attachment)).toBe(true);
    expect(await lost.record('one')).toMatchObject({ state: 'submitted', reference: 'found' });
    expect(await lab.counts('request-one')).toMatchObject({ claimed: 0, submitted: 3 });
    expect(await lost.attempts()).toEqual([]);
    expect(await scoreOf('lost', 'one')).toBeNull();
    expect((await readRecorded(lab.keys, ['found'])).size).toBe(1);
    const outcomes = ['succeeded', 'succeeded', 'succeeded'] as const;
    expect(await lost.lane().resolve('one', { reference: 'found' }, { outcomes })).toEqual(['request-one']);
  });

  test('that nothing is found for goes back in line as a whole, and counts as sent again (invariants 4, 7)', async () => {
    await lost.wellKnown();
    const { lose } = await lost.begin('one');
    await lose();
    await lost.letGoBy(untilLooked);
    const look = await lost.look();
    expect(await endLook(lab.keys, look, 'send', 0)).toBe(true);
    expect(await endLook(lab.keys, look, 'send', 0)).toBe(false);
    await cancelRequest(lab.keys, 'request-one', 60_000);
    const { claim, attempt } = await lost.beginAgain('two');
    expect([claim.batch, attempt]).toEqual(['one', '2']);
    expect(await lost.attempts()).toEqual(['one:1', 'one:2']);
  });

  test('that ignores revisions is parked by whoever looks, and by nobody else', async () => {
    await lost.wellKnown();
    const { lose, claim } = await lost.begin('one', { ignoring: true });
    await lose();
    await lost.letGoBy(untilLooked);
    const look = await lost.look();
    expect(await endLook(lab.keys, look, 'later', 0)).toBe(true);
    expect(await endLook(lab.keys, look, 'later', 0)).toBe(false);
    const second = await lost.look();
    expect(second.batch.looks).toBe(1);
    const lane = lost.lane();
    expect(await lane.resolve('one', { look: look.id }, parked)).toBeUndefined();
    expect(await lane.resolve('one', { claims: claim.claims }, parked)).toBeUndefined();
    expect(await lane.resolve('one', { look: second.id }, parked)).toEqual([]);
    expect(await lab.counts('request-one')).toMatchObject({ claimed: 0, parked: 3 });
    expect(await scoreOf('lost', 'one')).toBeNull();
  });

  test('is looked for by one at a time, and comes due again when that one dies', async () => {
    await lost.wellKnown();
    await (await lost.begin('one')).lose();
    await lost.letGoBy(untilLooked);
    const dead = await lost.look();
    expect(await lost.claimLook()).toEqual({ is: 'empty', ms: expect.any(Number) });
    await lost.letGoBy(30_000);
    const other = await lost.look();
    expect(await lost.claimLook(dead)).toEqual({ is: 'gone' });
    expect((await lost.claimLook(other)).is).toBe('look');
    expect(await attachJob(lab.keys, dead, 'found', attachment)).toBe(false);
    expect(await endLook(lab.keys, dead, 'send', 0)).toBe(false);
  });

  test('takes the answer of its own sender, however late, while it is set aside', async () => {
    await lost.wellKnown();
    const { lose, record } = await lost.begin('one');
    await lose();
    await lost.letGoBy(untilLooked);
    const look = await lost.look();
    expect(await record('the true one')).toBe(true);
    expect(await lost.record('one')).toMatchObject({ state: 'submitted', reference: 'the true one' });
    expect(await attachJob(lab.keys, look, 'found', attachment)).toBe(false);
    expect(await lab.counts('request-one')).toMatchObject({ claimed: 0, submitted: 3 });
    expect(await scoreOf('lost', 'one')).toBeNull();
  });

  test('takes it also once a job was found: the answer knows better', async () => {
    await lost.wellKnown();
    const { lose, record } = await lost.begin('one');
    await lose();
    await lost.letGoBy(untilLooked);
    await attachJob(lab.keys, await lost.look(), 'found', attachment);
    expect(await record('the true one')).toBe(true);
    expect(await lost.record('one')).toMatchObject({ state: 'submitted', reference: 'the true one' });
    expect(await lab.counts('request-one')).toMatchObject({ submitted: 3 });
  });

  test('is left to replicas whose key is exclusive, and given up by others when none comes', async () => {
    await lost.wellKnown();
    await (await lost.begin('one')).lose();
    await lost.letGoBy(untilLooked);
    const early = await lost.claimLook(undefined, false);
    expect(early.is === 'empty' && early.ms).toBeGreaterThan(50_000);
    await lost.letGoBy(60_000);
    expect(await lost.claimLook(undefined, false)).toMatchObject({ is: 'doubt', why: 'undeclared' });
  });
});
