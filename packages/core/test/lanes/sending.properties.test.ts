import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { lateMs, longestSendGapMs, type Resolution } from '../../src/lanes/lane.ts';
import { cancelRequest, redriveItems } from '../../src/requests/control.ts';
import { all, back, ids, Lab, unused } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

/** In how many ms the time comes that a member of a sorted set has as its score. */
async function inMs(set: string, member: string): Promise<number> {
  const score = await lab.redis.zscore(`${lab.keys.base}${set}`, member);
  return Number(score) - (await lab.redisMs());
}

/** What the pumps are told while something is done. */
async function wakesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const listener = lab.redis.duplicate();
  const heard: string[] = [];
  listener.on('message', (_channel, message) => heard.push(message));
  await listener.subscribe('test:wake');
  await work();
  // What was published before this message has come before it.
  const last = new Promise((resolve) => listener.on('message', (_channel, message) => message === 'end' && resolve(1)));
  await lab.redis.publish('test:wake', 'end');
  await last;
  listener.disconnect();
  return heard.slice(0, -1);
}

const windowMs = 5_000;

describe('begin-send', () => {
  test('holds lease and slot for as long as the call can last and arrive late (invariant 3)', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane('deletion', { deadlineMs: 20_000 });
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const worstMs = longestSendGapMs + 20_000 + lateMs;
    expect(Math.abs((await inMs('leases', 'one')) - worstMs)).toBeLessThan(300);
    expect(Math.abs((await inMs('slots:deletion', claim.slot)) - worstMs - windowMs)).toBeLessThan(300);
  });

  test.each([
    ['was lost', (slot: string) => lab.redis.zrem(`${lab.keys.base}slots:deletion`, slot)],
    ['has run out', (slot: string) => lab.redis.zadd(`${lab.keys.base}slots:deletion`, Date.now() - 10, slot)],
  ])('refuses a claim whose slot %s (invariant 3)', async (_name, lose) => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lose(claim.slot);
    expect(await lane.beginSend(claim)).toEqual({ is: 'no', reason: 'lease' });
    expect((await lab.batch('one')).attempts).toBe(0);
  });

  test('lets a cancelled batch go on to its end when an earlier call may have had its effect', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    await lane.beginSend(first);
    await lane.giveBack(first, unused, back('unknown'));
    await cancelRequest(lab.keys, 'r', 60_000);
    expect(await lane.beginSend(await lab.claim(lane, 'two'))).toEqual({ is: 'go', attempt: '2' });
  });
});

describe('a claim that is over', () => {
  test('can neither give back nor close what another one holds', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const old = await lab.claim(lane, 'one');
    await lane.giveBack(old, unused, back('unsent'));
    const holder = await lab.claim(lane, 'two');
    await lane.beginSend(holder);
    expect(await lane.giveBack(old, unused, back('transient'))).toBe(false);
    const outcomes = all(50, 'failed');
    expect(await lane.resolve('one', { claims: old.claims }, { outcomes })).toBeUndefined();
    expect(await lab.batch('one')).toMatchObject({ state: 'sending', claims: holder.claims, failures: 0 });
    expect(await lab.counts('r')).toMatchObject({ claimed: 50, failed: 0 });
  });

  test('nor can a reference that is not the recorded one', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const { claim } = await lab.submit(lane, 'one');
    const outcomes = all(50, 'succeeded');
    expect(await lane.resolve('one', { reference: 'another' }, { outcomes })).toBeUndefined();
    expect(await lane.resolve('one', { claims: claim.claims }, { outcomes })).toBeUndefined();
    expect(await lab.counts('r')).toMatchObject({ submitted: 50, succeeded: 0 });
  });
});

describe('a batch that is given back', () => {
  test.each([
    ['unsent', 0],
    ['quota', 0],
    ['consumer', 0],
    ['transient', 1],
    ['unknown', 1],
  ] as const)('as %s has %i failures more', async (cause, failures) => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.giveBack(claim, unused, back(cause));
    expect(await lab.batch('one')).toMatchObject({
      state: 'ready',
      failures,
      lastCode: cause === 'unsent' ? undefined : `code of ${cause}`,
      lastMessage: cause === 'unsent' ? undefined : `message of ${cause}`,
    });
  });

  test('is claimed again when it is due, and not before', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.giveBack(claim, unused, back('transient', 30_000));
    expect(Math.abs((await inMs('deletion:ready', 'one')) - 30_000)).toBeLessThan(300);
    const answer = await lane.claim('two');
    expect(answer.is === 'empty' && answer.ms).toBeGreaterThan(29_000);
  });

  test('after a 429 leaves the endpoint alone for a window, with slots free (invariant 3)', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.giveBack(claim, unused, back('quota'));
    const answer = await lane.claim('two');
    expect(answer.is === 'wait' && answer.ms).toBeGreaterThan(windowMs - 500);
  });

  test('after a 429 shortens no longer wait that is under way', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lab.redis.del(`${lab.keys.base}slots:deletion`);
    expect((await lane.claim('two')).is).toBe('wait');
    const blocked = await lab.redis.hget(`${lab.keys.base}quota`, 'blocked:deletion');
    await lane.giveBack(claim, unused, back('quota'));
    expect(await lab.redis.hget(`${lab.keys.base}quota`, 'blocked:deletion')).toBe(blocked);
  });
});

describe('a split', () => {
  const halves: Resolution = {
    outcomes: Array.from({ length: 50 }, (_, i) => Math.floor(i / 25)),
    children: { halves: true, dueInMs: 20_000, halts: 3, unknown: false },
  };

  test('closes the batch and tells its children apart from it', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.resolve('one', { claims: claim.claims }, halves);
    expect(await lab.batch('one')).toMatchObject({ state: 'split', children: ['one-1', 'one-2'] });
    const child = { state: 'ready', size: 25, depth: 1, halts: 3, failures: 0, attempts: 0, claims: '0' };
    expect([await lab.batch('one-1'), await lab.batch('one-2')]).toMatchObject([child, child]);
    expect(Math.abs((await inMs('deletion:halves', 'one-2')) - 20_000)).toBeLessThan(300);
  });

  test('of a split is deeper, and one that blames nobody is not', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const whole = await lab.claim(lane, 'one');
    const due = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('one', { claims: whole.claims }, { ...halves, children: due });
    const half = await lab.claim(lane, 'two');
    await lane.resolve(
      half.batch,
      { claims: half.claims },
      { outcomes: all(25, 0), children: { ...due, halves: false } },
    );
    expect((await lab.batch('one-1-1')).depth).toBe(1);
    const again = await lab.claim(lane, 'three');
    await lane.resolve(again.batch, { claims: again.claims }, { outcomes: all(25, 0), children: due });
    expect((await lab.batch('one-1-1-1')).depth).toBe(2);
  });

  test.each([
    ['the batch', true, false],
    ['the last call', false, true],
  ])('after an unknown outcome of %s has children that are not cancelled any more', async (_name, before, now) => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    let claim = await lab.claim(lane, 'one');
    if (before) {
      await lane.giveBack(claim, unused, back('unknown'));
      claim = await lab.claim(lane, 'two');
    }
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: now };
    await lane.resolve('one', { claims: claim.claims }, { outcomes: all(50, 0), children });
    await cancelRequest(lab.keys, 'r', 60_000);
    expect((await lane.beginSend(await lab.claim(lane, 'three'))).is).toBe('go');
  });
});

describe('rotations', () => {
  test('of items that ignore revisions and of others take turns', async () => {
    const texts = (from: number) =>
      Array.from({ length: 200 }, (_, i) => Buffer.from(`submission ${from + i}`).toString('base64'));
    await lab.request('plain', texts(0), 'resubmission');
    await lab.request('ignoring', texts(1_000), 'resubmission', true);
    const lane = lab.lane('resubmission', { quota: { calls: 50, windowMs } });
    const flags: boolean[] = [];
    for (let i = 0; i < 6; i += 1) {
      await lab.claim(lane, `b${i}`);
      flags.push((await lab.batch(`b${i}`)).ignoring);
    }
    expect(flags.slice(1)).toEqual(flags.slice(0, -1).map((flag) => !flag));
  });
});

describe('a turn', () => {
  test('is kept by a request whose parked items come back', async () => {
    const texts = Array.from({ length: 150 }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));
    await lab.request('r', texts, 'resubmission');
    const lane = lab.lane('resubmission');
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.resolve('one', { claims: claim.claims }, { outcomes: all(50, 'parked'), code: 'c', message: 'm' });
    const rotation = () => lab.redis.zrange(`${lab.keys.base}resubmission:rotation`, '0', '-1', 'WITHSCORES');
    const before = await rotation();
    await redriveItems(lab.keys, 'r', { from: 'parked', action: 'resend', items: 50, retentionMs: 60_000 });
    expect(await rotation()).toEqual(before);
  });

  test('comes to 50 of more requests at once, though all have had one before', async () => {
    for (let i = 0; i < 60; i += 1) await lab.request(`r${i}`, ids(10, i * 10));
    const lane = lab.lane('deletion', { quota: { calls: 1_000, windowMs: 1 } });
    for (const id of ['one', 'two', 'three']) await lab.claim(lane, id);
    expect((await lab.batch('three')).shares).toHaveLength(50);
  });
});

describe('the pumps are woken', () => {
  test('by a request, a retry, a split and a mended lane', async () => {
    const message = `deletion ${lab.keys.consumer}`;
    const lane = lab.lane('deletion', { quota: { calls: 50, windowMs: 1 } });
    expect(await wakesDuring(() => lab.request('r', ids(200)))).toEqual([message]);
    const one = await lab.claim(lane, 'one');
    await lane.beginSend(one);
    expect(await wakesDuring(() => lane.giveBack(one, unused, back('consumer')))).toEqual([message]);
    const mended = lab.lane('deletion', { quota: { calls: 50, windowMs: 1 }, fingerprint: 'b' });
    expect(await wakesDuring(() => lab.submit(mended, 'two'))).toEqual([message]);
    const three = await lab.claim(mended, 'three');
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    const split = { outcomes: Array.from({ length: 50 }, (_, i) => i % 2), children };
    const woken = await wakesDuring(() => mended.resolve('three', { claims: three.claims }, split));
    expect(woken).toEqual([message, message]);
  });
});
