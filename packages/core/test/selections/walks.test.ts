import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { survey } from '../../src/lanes/survey.ts';
import { countKept, keptMetadata, packMetadata } from '../../src/selections/kept-metadata.ts';
import { selectedSessions } from '../../src/selections/selected-sessions.ts';
import { SelectionStore } from '../../src/selections/selection-store.ts';
import {
  endWalk,
  freePageSlot,
  putOffWalk,
  recordPage,
  takePageSlot,
  takeWalk,
  type Walk,
} from '../../src/selections/walks.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';
import { takenWalk } from './lab.ts';

leakGuard();

let lab: Lab;
let store: SelectionStore;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
  const { keys } = lab;
  store = new SelectionStore(lab.redis, 'test', () => keys);
});

const filter = { userIds: ['learner'] };
const retentionMs = 60_000;
const quota = { calls: 2, windowMs: 5_000 };
const page = { quota, deadlineMs: 1_000 };

async function begin(id = 's'): Promise<void> {
  await store.begin({ id, filter, consumer: lab.keys.consumer, reason: 'end of term' }, retentionMs);
}

const take = (token = 'me') => takenWalk(lab, token);

async function found(id = 's'): Promise<string[]> {
  const all: string[] = [];
  for await (const some of selectedSessions(lab.keys, id)) all.push(...some);
  return all;
}

describe('a selection', () => {
  test('is made once by the same call, and not by another under its id (invariant 11)', async () => {
    await begin();
    await begin();
    expect((await store.find('s')).view).toMatchObject({ state: 'walking', filter, count: 0, reason: 'end of term' });
    const other = { id: 's', filter: { userIds: ['somebody else'] }, consumer: lab.keys.consumer };
    await expect(store.begin(other, retentionMs)).rejects.toMatchObject({ code: 'id_taken', field: 'id' });
    await expect(store.begin({ ...other, filter, consumer: 'elsewhere' }, retentionMs)).rejects.toMatchObject({
      code: 'id_taken',
    });
    await expect(store.find('another')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is walked by one at a time, and by another once the first gives no sign', async () => {
    await begin();
    const first = await take('first');
    expect(await takeWalk(lab.keys, 'second')).toEqual({ is: 'empty', ms: expect.any(Number) });
    await lab.redis.zadd(`${lab.keys.base}walks`, 1, 's');
    const second = await take('second');
    expect(second).toMatchObject({ id: 's', filter, from: undefined });
    const at = { next: 'n', pages: 1, sessions: 1 };
    expect(await recordPage(lab.keys, first, at, ids(1))).toBe('lost');
    expect(await takePageSlot(lab.keys, first, 'slot', page)).toEqual({ is: 'lost' });
    expect(await endWalk(lab.keys, first, { state: 'ready', count: 0, digest: '' }, retentionMs)).toBe(false);
    expect(await recordPage(lab.keys, second, at, ids(1))).toBe('recorded');
  });

  test('keeps each page once, however often it is recorded, and goes on behind it (invariant 11)', async () => {
    await begin();
    const walk = await take();
    const first = { next: 'two', pages: 1, sessions: 50 };
    for (let times = 0; times < 3; times += 1)
      expect(await recordPage(lab.keys, walk, first, ids(50))).toBe('recorded');
    expect(await recordPage(lab.keys, walk, { next: 'four', pages: 3, sessions: 51 }, ids(1, 90))).toBe('lost');
    await putOffWalk(lab.keys, walk, 0);
    const again = await take('again');
    expect(again.from).toEqual(first);
    expect(await recordPage(lab.keys, again, { next: 'three', pages: 2, sessions: 52 }, ['not a uuid'])).toBe(
      'recorded',
    );
    expect(await found()).toEqual([...ids(50), 'not a uuid']);
  });

  test('takes slots of its own endpoint, and no more than there are (invariant 3)', async () => {
    await begin();
    const walk = await take();
    expect(await takePageSlot(lab.keys, walk, 'one', page)).toEqual({ is: 'slot' });
    expect(await takePageSlot(lab.keys, walk, 'two', page)).toEqual({ is: 'slot' });
    expect(await takePageSlot(lab.keys, walk, 'three', page)).toEqual({ is: 'wait', ms: expect.any(Number) });
    await freePageSlot(lab.keys, 'one', { msSinceHeaders: 4_990 }, quota);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await takePageSlot(lab.keys, walk, 'three', page)).toEqual({ is: 'slot' });
    await freePageSlot(lab.keys, 'two', { msSinceHeaders: 0, overQuota: true }, quota);
    const blocked = await takePageSlot(lab.keys, walk, 'four', page);
    expect(blocked.is === 'wait' && blocked.ms).toBeGreaterThan(4_000);
  });

  test('ends with its count and digest, and goes after its retention', async () => {
    await begin();
    const walk = await take();
    await recordPage(lab.keys, walk, { next: 'two', pages: 1, sessions: 3 }, ids(3));
    expect(await endWalk(lab.keys, walk, { state: 'ready', count: 2, digest: 'd' }, retentionMs)).toBe(false);
    expect(await endWalk(lab.keys, walk, { state: 'ready', count: 3, digest: 'd' }, retentionMs)).toBe(true);
    expect(await endWalk(lab.keys, walk, { state: 'failed', code: 'x', message: 'y' }, retentionMs)).toBe(false);
    expect((await store.find('s')).view).toMatchObject({ state: 'ready', count: 3, pages: 1, shown: 3, digest: 'd' });
    for (const part of ['', ':items']) {
      const left = await lab.redis.pttl(`${lab.keys.base}selection:s${part}`);
      expect(left).toBeGreaterThan(retentionMs - 5_000);
    }
    expect(await takeWalk(lab.keys, 'me')).toEqual({ is: 'empty', ms: undefined });
  });

  test('that is cancelled forgets what it found, and is nobody’s any more', async () => {
    await begin();
    const walk = await take();
    await recordPage(lab.keys, walk, { next: 'two', pages: 1, sessions: 3 }, ids(3));
    expect(await store.cancel('s', retentionMs)).toMatchObject({ state: 'cancelled' });
    expect(await store.cancel('s', retentionMs)).toMatchObject({ state: 'cancelled' });
    expect(await recordPage(lab.keys, walk, { next: 'three', pages: 2, sessions: 4 }, ids(1, 9))).toBe('lost');
    expect(await found()).toEqual([]);
  });

  describe('that keeps metadata', () => {
    const key = () => `${lab.keys.base}selection:s:metadata`;
    const recorded = async (): Promise<Walk> => {
      await store.begin({ id: 's', filter, consumer: lab.keys.consumer, keepMetadata: true }, retentionMs);
      const walk = await take();
      expect(walk.keepMetadata).toBe(true);
      const sessions = ids(3).map((sessionId) => ({ sessionId, userId: undefined, metadata: { note: 'a\nb' } }));
      const packed = await packMetadata(sessions);
      for (const _ of [1, 2]) await recordPage(lab.keys, walk, { next: 'n', pages: 1, sessions: 3 }, ids(3), packed);
      return walk;
    };

    test('keeps that of each page once, as long as itself (invariant 11)', async () => {
      const walk = await recorded();
      await endWalk(lab.keys, walk, { state: 'ready', count: 3, digest: 'd' }, retentionMs);
      const lines: string[] = [];
      for await (const some of keptMetadata(lab.keys, 's')) lines.push(...some);
      expect(lines).toEqual(ids(3).map((id) => `{"session_id":"${id}","metadata":{"note":"a\\nb"}}`));
      expect(await countKept(lab.keys, 's')).toBe(3);
      expect(await lab.redis.pttl(key())).toBeGreaterThan(retentionMs - 5_000);
    });

    test.each(['failed', 'cancelled'])('forgets it once it is %s', async (state) => {
      const walk = await recorded();
      if (state === 'cancelled') await store.cancel('s', retentionMs);
      else await endWalk(lab.keys, walk, { state: 'failed', code: 'x', message: 'y' }, retentionMs);
      expect(await lab.redis.exists(key())).toBe(0);
    });
  });

  test('says why it rests, until it goes on', async () => {
    await begin();
    await putOffWalk(lab.keys, await take(), 0, { code: '41001', message: 'Not allowed' });
    expect((await store.find('s')).view.waiting).toEqual({ code: '41001', message: 'Not allowed' });
    const walk = await take();
    expect(walk.failures).toBe(1);
    await recordPage(lab.keys, walk, { next: 'two', pages: 1, sessions: 1 }, ids(1));
    expect((await store.find('s')).view.waiting).toBeUndefined();
  });

  test('takes no memory that is not there (invariant 12)', async () => {
    await begin();
    const walk = await take();
    const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
    await lab.redis.config('SET', 'maxmemory', Math.round(used / 0.88));
    try {
      await expect(begin('another')).rejects.toMatchObject({ code: 'memory_short' });
      expect(await recordPage(lab.keys, walk, { next: 'n', pages: 1, sessions: 1 }, ids(1))).toBe('memory_short');
    } finally {
      await lab.redis.config('SET', 'maxmemory', 0);
    }
  });

  test('holds no more than one deletion takes', async () => {
    await begin();
    const walk = await take();
    const fill = `for _ = 1, 5000 do redis.call('RPUSH', KEYS[1], unpack(ARGV)) end`;
    const thousand = Array.from({ length: 1_000 }, () => 'x');
    await lab.redis.eval(fill, 1, `${lab.keys.base}selection:s:items`, ...thousand);
    expect(await recordPage(lab.keys, walk, { next: 'n', pages: 1, sessions: 1 }, ids(1))).toBe('full');
    await lab.redis.rpop(`${lab.keys.base}selection:s:items`);
    expect(await recordPage(lab.keys, walk, { next: 'n', pages: 1, sessions: 1 }, ids(1))).toBe('recorded');
  });

  test('keeps its consumer from being quiet, and is told to the rounds', async () => {
    const cursors = { requests: '0', batches: '0' };
    const looks = { most: 10, abandonedAfterMs: 1, mirrorGraceMs: 1, cursors, quotas, countedSince: 0 };
    expect(await survey(lab.keys, looks)).toMatchObject({ quiet: true, nextWalkMs: undefined });
    await begin();
    expect(await survey(lab.keys, looks)).toMatchObject({ quiet: false, nextWalkMs: 0 });
    const walk = await take();
    await endWalk(lab.keys, walk, { state: 'ready', count: 0, digest: 'd' }, retentionMs);
    expect(await survey(lab.keys, looks)).toMatchObject({ quiet: true });
  });
});
