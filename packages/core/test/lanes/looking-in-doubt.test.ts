import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { attachJob, endLook, lookAfterMs } from '../../src/lanes/looking.ts';
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
const quotaKey = () => `${lab.keys.base}quota`;

/** A lost batch whose job may be looked for. */
async function oneLost(before: () => Promise<unknown> = async () => undefined): Promise<void> {
  await lost.wellKnown();
  await before();
  await (await lost.begin('one')).lose();
  await lost.letGoBy(untilLooked);
}

const unlucky = async (id: string) => void (await (await lost.begin(id)).lose());

/** Why the job could be another's, when it is asked for and, as far as it had been clear then, when it would be attached. */
async function doubts(spoil: () => Promise<unknown>): Promise<unknown[]> {
  const look = await lost.look();
  await spoil();
  const attached = await attachJob(lab.keys, look, 'found', attachment);
  await lost.letGoBy(30_000);
  const claim = await lost.claimLook();
  return [attached, claim.is === 'doubt' ? claim.why : claim.is];
}

describe('a job is no longer unmistakable (and the batch goes the way it went before)', () => {
  test('when two calls are lost in one window', async () => {
    await oneLost(() => unlucky('other'));
    // Both are due, and neither can be told from the other.
    expect([await lost.claimLook(), await lost.claimLook()]).toMatchObject([
      { is: 'doubt', why: 'others' },
      { is: 'doubt', why: 'others' },
    ]);
  });

  test.each([
    ['as long before as an unanswered call may still make a job', times.strayMs - 5_000, 'others'],
    ['longer before than that', times.strayMs + 5_000, undefined],
  ])('when another was lost %s', async (_name, ms, why) => {
    await oneLost(async () => {
      await unlucky('other');
      // Nobody looks for it any more; its call stays among the attempts.
      await lab.redis.zrem(`${lab.keys.base}lost`, 'other');
      await lost.letGoBy(ms);
    });
    const claim = await lost.claimLook();
    expect(claim.is === 'doubt' ? claim.why : undefined).toBe(why);
  });

  test.each([
    ['just after the window, as Learnosity might date it', times.sendMs + 2 * times.skewMs - 500, 'others'],
    ['far enough behind the window', times.sendMs + 2 * times.skewMs + 500, undefined],
  ])('when a call that began %s is under way', async (_name, ms, why) => {
    await lost.wellKnown();
    await (await lost.begin('one')).lose();
    await lost.letGoBy(ms);
    await lost.begin('under-way');
    await lost.letGoBy(untilLooked - ms);
    const claim = await lost.claimLook();
    expect(claim.is === 'doubt' ? claim.why : undefined).toBe(why);
  });

  test('when its own earlier call was lost as well', async () => {
    await oneLost();
    await endLook(lab.keys, await lost.look(), 'send', 0);
    await (await lost.beginAgain('two')).lose();
    await lost.letGoBy(untilLooked);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'others' });
  });

  test('when the orphan of a batch that was sent again shows up late: it stands for its time among the attempts', async () => {
    // A is lost, nothing is found, it is sent again and known; its first job shows up now.
    await oneLost();
    await endLook(lab.keys, await lost.look(), 'send', 0);
    await (await lost.beginAgain('again')).record('second job of one');
    expect(await lost.attempts()).toEqual(['one:1']);
    // B is lost, and never arrived: the one job that nobody knows is not B's.
    await (await lost.begin('two')).lose();
    await lost.letGoBy(untilLooked);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'others', look: { batch: { id: 'two' } } });
    await lost.letGoBy(3_300_000);
    expect(await lost.attempts()).toContain('one:1');
  });

  test.each([
    ['of its job is not known', { resubmission: '' }],
    ["of the other kind's jobs is not known", { deletion: '' }],
    ['is the same for both kinds', { deletion: 'failed_submission' }],
  ])('when the type %s', async (_name, types) => {
    await lost.wellKnown(types);
    await unlucky('one');
    await lost.letGoBy(untilLooked);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'types' });
  });

  test('when the lane has not noted its calls for long enough', async () => {
    await lost.wellKnown();
    await lab.redis.hset(quotaKey(), 'notedSince', Date.now() - times.strayMs + 5_000);
    await unlucky('one');
    await lost.letGoBy(untilLooked);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'incomplete' });
  });

  test('when Redis is another run since, whose copy may lack the last calls', async () => {
    await oneLost();
    const spoil = () => lab.redis.hset(quotaKey(), 'run:jobs', 'another run');
    expect(await doubts(spoil)).toEqual([false, 'incomplete']);
  });

  test.each(['attempts', 'references'])('when somebody has deleted the %s', async (set) => {
    await oneLost();
    const look = await lost.look();
    const attempt = await lab.redis.zscore(`${lab.keys.base}attempts`, 'one:1');
    await lab.redis.del(`${lab.keys.base}${set}`);
    // Even where the call itself is still there.
    await lab.redis.zadd(`${lab.keys.base}attempts`, Number(attempt), 'one:1');
    expect(await attachJob(lab.keys, look, 'found', attachment)).toBe(false);
    await lost.letGoBy(30_000);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'incomplete' });
  });

  test('when the slots of its endpoint were lost, and what was noted perhaps with them', async () => {
    await oneLost();
    await endLook(lab.keys, await lost.look(), 'again', 0);
    await lab.redis.del(`${lab.keys.base}slots:jobs`);
    expect(await lost.claimLook()).toMatchObject({ is: 'doubt', why: 'incomplete' });
  });

  test('when an answer has told of it since', async () => {
    await oneLost();
    const look = await lost.look();
    const later = await lost.begin('two');
    await later.record('found');
    expect(await attachJob(lab.keys, look, 'found', attachment)).toBe(false);
    expect((await lost.record('one')).state).toBe('lost');
  });

  test('when the look comes too late', async () => {
    await oneLost();
    expect(await doubts(() => lost.letGoBy(times.strayMs))).toEqual([false, 'late']);
  });
});
