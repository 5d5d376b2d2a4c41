import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readLaneFigures, readLaneHistory } from '../../src/figures/lane-figures.ts';
import { LaneSwitch } from '../../src/lanes/lane-switch.ts';
import { survey } from '../../src/lanes/survey.ts';
import { cancelRequest, redriveItems, setHeld } from '../../src/requests/control.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';

leakGuard();

const looks = {
  most: 50,
  abandonedAfterMs: 1_000,
  mirrorGraceMs: 1_000,
  cursors: { requests: '0', batches: '0' },
  quotas,
  countedSince: 0,
};
const dayMs = 24 * 3600 * 1_000;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const figures = () => readLaneFigures(lab.redis, 'test', lab.keys.consumer);
const deletion = async () => (await figures()).deletion;

describe('the figures of a lane', () => {
  test('are all 0 before anything was asked for', async () => {
    expect(await figures()).toMatchObject({
      deletion: { kind: 'deletion', openRequests: 0, calls: 0, items: { pending: 0 }, today: { succeeded: 0 } },
      resubmission: { kind: 'resubmission', openRequests: 0 },
    });
    expect((await deletion()).oldest).toBeUndefined();
    expect((await deletion()).quota).toBeUndefined();
  });

  test('follow items from the seal to their end, each kind by itself', async () => {
    const lane = lab.lane();
    await lab.request('r', ids(60));
    expect(await deletion()).toMatchObject({ items: { pending: 60, claimed: 0 }, openRequests: 1 });
    const { reference } = await lab.submit(lane, 'one');
    expect(await deletion()).toMatchObject({ items: { pending: 10, submitted: 50 }, calls: 1, slotsTaken: 1 });
    const outcomes = ids(50).map((_, i) => (i < 3 ? ('failed' as const) : ('succeeded' as const)));
    await lane.resolve('one', { reference }, { outcomes, code: '20016', message: 'unknown' });
    const after = await deletion();
    expect(after).toMatchObject({ items: { pending: 10, submitted: 0 }, ended: { succeeded: 47, failed: 3 } });
    expect(after.today).toEqual(after.ended);
    expect((await figures()).resubmission).toMatchObject({ calls: 0, ended: { succeeded: 0, failed: 0 } });
  });

  test('count what is retried as failed once, and as succeeded then', async () => {
    const lane = lab.lane();
    await lab.request('r', ids(2));
    const { reference } = await lab.submit(lane, 'one');
    await lane.resolve('one', { reference }, { outcomes: ['failed', 'succeeded'], code: 'x', message: 'y' });
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs: 60_000 });
    expect(await deletion()).toMatchObject({
      items: { pending: 1 },
      ended: { succeeded: 1, failed: 1 },
      openRequests: 1,
    });
  });

  test('count each call that begins, each 429, and what goes out again after an unknown outcome', async () => {
    const lane = lab.lane();
    await lab.request('r', ids(7));
    const back = { code: 'x', message: 'y', dueInMs: 0 };
    const first = await lab.claim(lane, 'one');
    expect((await lane.beginSend(first)).is).toBe('go');
    await lane.giveBack(first, { how: 'unused' }, { ...back, cause: 'quota' });
    // A 429 keeps everything from the endpoint for a window.
    await lab.redis.hdel(`${lab.keys.base}quota`, 'blocked:deletion');
    expect(await deletion()).toMatchObject({ calls: 1, tooMany: 1, resent: 0 });
    const second = await lab.claim(lane, 'two');
    expect((await lane.beginSend(second)).is).toBe('go');
    await lane.giveBack(second, { how: 'unused' }, { ...back, cause: 'unknown' });
    const third = await lab.claim(lane, 'three');
    expect((await lane.beginSend(third)).is).toBe('go');
    expect(await deletion()).toMatchObject({ calls: 3, tooMany: 1, resent: 7 });
  });

  test('name the open request that waits longest, until it ends', async () => {
    await lab.request('old', ids(1));
    await lab.redis.zadd(`${lab.keys.base}deletion:opened`, 1_000, 'old');
    await lab.request('new', ids(1, 10));
    expect((await deletion()).oldest).toEqual({ request: 'old', since: 1_000 });
    await cancelRequest(lab.keys, 'old', 60_000);
    expect(await deletion()).toMatchObject({ oldest: { request: 'new' }, openRequests: 1, ended: { cancelled: 1 } });
  });

  test('tell requests whose turn may come from those that are held or have all of their items in batches', async () => {
    await lab.request('r', ids(50));
    await lab.request('s', ids(1, 70));
    expect(await deletion()).toMatchObject({ inRotation: 2, openRequests: 2 });
    expect((await figures()).resubmission).toMatchObject({ inRotation: 0 });
    await setHeld(lab.keys, 's', 'hold');
    expect(await deletion()).toMatchObject({ inRotation: 1, openRequests: 2 });
    await setHeld(lab.keys, 's', 'release');
    expect(await deletion()).toMatchObject({ inRotation: 2 });
    await cancelRequest(lab.keys, 's', 60_000);
    await lab.submit(lab.lane(), 'one');
    expect(await deletion()).toMatchObject({ inRotation: 0, openRequests: 1, items: { pending: 0, submitted: 50 } });
  });

  test('know nothing of yesterday under today', async () => {
    await lab.request('r', ids(1));
    await cancelRequest(lab.keys, 'r', 60_000);
    const yesterday = Math.floor(Date.now() / dayMs) - 1;
    await lab.redis.hset(`${lab.keys.base}figures:today`, 'day', yesterday);
    expect(await deletion()).toMatchObject({ today: { cancelled: 0 }, ended: { cancelled: 1 } });
    await lab.request('s', ids(2));
    await cancelRequest(lab.keys, 's', 60_000);
    expect(await deletion()).toMatchObject({ today: { cancelled: 2 }, ended: { cancelled: 3 } });
  });
});

test('a request names its latest batches, however many its items went into', async () => {
  const batches = `${lab.keys.base}request:r:batches`;
  await lab.request('r', ids(1));
  await lab.redis.rpush(batches, ...Array.from({ length: 400 }, (_, i) => `batch-${i}`));
  await lab.claim(lab.lane(), 'the latest');
  const named = await lab.redis.lrange(batches, 0, -1);
  expect(named).toHaveLength(200);
  expect(named.at(-1)).toBe('the latest');
});

describe('the history of a lane', () => {
  test('has one sample a minute, however many look, and says what the quota is', async () => {
    await lab.request('r', ids(3));
    await Promise.all([survey(lab.keys, looks), survey(lab.keys, looks)]);
    const [sample, ...more] = await readLaneHistory(lab.keys, 'deletion');
    expect(more).toEqual([]);
    expect(sample).toMatchObject({ pending: 3, claimed: 0, succeeded: 0, calls: 0, tooMany: 0 });
    expect(Math.abs((sample?.madeAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(sample?.at).toBe(Math.floor((sample?.madeAt ?? 0) / 60_000) * 60_000);
    expect(await readLaneHistory(lab.keys, 'resubmission')).toEqual([]);
    expect(await figures()).toMatchObject({
      deletion: { quota: quotas.deletion },
      resubmission: { quota: quotas.resubmission },
    });
  });

  test('begins in the minute of the first items, also where the consumer was looked at in it before', async () => {
    const key = `${lab.keys.base}walks`;
    await lab.redis.zadd(key, Date.now(), 'a selection');
    await lab.redis.hset(`${lab.keys.base}figures`, 'count', 1);
    await survey(lab.keys, looks);
    expect(await readLaneHistory(lab.keys, 'deletion')).toEqual([]);
    const minute = Math.floor((await lab.redisMs()) / 60_000);
    await lab.request('r', ids(3));
    await survey(lab.keys, looks);
    const [sample] = await readLaneHistory(lab.keys, 'deletion');
    expect(sample).toMatchObject({ pending: 3 });
    expect(sample?.at).toBeLessThanOrEqual((minute + 1) * 60_000);
  });

  test('keeps 360 minutes, and is gone a day after the last', async () => {
    await lab.request('r', ids(3));
    const history = `${lab.keys.base}deletion:history`;
    await lab.redis.rpush(history, ...Array.from({ length: 360 }, (_, i) => `${i + 1} 0 0 0 0 0 0 0`));
    await survey(lab.keys, looks);
    const samples = await readLaneHistory(lab.keys, 'deletion');
    expect(samples.length).toBe(360);
    // An older replica says no more than the minute.
    expect(samples[0]).toMatchObject({ at: 2 * 60_000, madeAt: 2 * 60_000 });
    expect(samples.at(-1)).toMatchObject({ pending: 3 });
    expect(await lab.redis.pttl(history)).toBeGreaterThan(dayMs - 60_000);
  });

  test('is not written for who has nothing open', async () => {
    await survey(lab.keys, looks);
    expect(await lab.redis.keys(`${lab.keys.base}*`)).toEqual([]);
  });
});

describe('a lane that a person has stopped', () => {
  const lanes = () => new LaneSwitch(lab.redis, 'test');

  test('claims nothing and begins nothing, says why, and goes on once it is started', async () => {
    const lane = lab.lane();
    await lab.request('r', ids(60));
    const claim = await lab.claim(lane, 'one');
    await lanes().stop(lab.keys.consumer, 'deletion', { reason: 'wrong list', by: 'ada' });
    expect(await lane.claim('two')).toMatchObject({ is: 'stopped' });
    expect(await lane.beginSend(claim)).toEqual({ is: 'no', reason: 'stopped' });
    expect((await figures()).deletion.stop).toMatchObject({ code: 'stopped by hand', message: 'wrong list (ada)' });
    expect((await figures()).resubmission.stop).toBeUndefined();
    await lanes().start(lab.keys.consumer, 'deletion');
    expect((await lane.beginSend(claim)).is).toBe('go');
    expect((await deletion()).stop).toBeUndefined();
  });

  test('wakes the pumps when it is started', async () => {
    const listener = lab.redis.duplicate();
    const heard: string[] = [];
    listener.on('message', (_channel, message) => heard.push(message));
    await listener.subscribe('test:wake');
    await lanes().start(lab.keys.consumer, 'deletion');
    await listener.ping();
    await new Promise((resolve) => setTimeout(resolve, 50));
    listener.disconnect();
    expect(heard).toEqual([`deletion ${lab.keys.consumer}`]);
  });
});
