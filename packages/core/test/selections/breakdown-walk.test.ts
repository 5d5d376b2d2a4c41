import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { divisionOf } from '../../src/selections/breakdown-shares.ts';
import { beginPart, recordPart } from '../../src/selections/breakdown-walk.ts';
import { SelectionDigest } from '../../src/selections/selected-sessions.ts';
import { SelectionStore } from '../../src/selections/selection-store.ts';
import { endWalk, putOffWalk, recordPage, type Walk } from '../../src/selections/walks.ts';
import { ids, Lab } from '../lanes/lab.ts';
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

const retentionMs = 60_000;
const breakdown = { by: 'activityId', values: ['a', 'b', 'c'] } as const;
const asked = { id: 's', filter: { userIds: ['learner'] }, breakdown: { ...breakdown, values: [...breakdown.values] } };
const key = (part: string) => `${lab.keys.base}selection:s:${part}`;
const view = async () => (await store.find('s')).view;
const division = async () => await divisionOf(lab.keys, 's', breakdown, () => Promise.resolve());

const take = (token = 'me') => takenWalk(lab, token);

/** A selection of six sessions, whose own walk is over. */
async function found(): Promise<Walk> {
  await store.begin({ ...asked, consumer: lab.keys.consumer }, retentionMs);
  const walk = await take();
  expect(walk).toMatchObject({ breakdown, part: undefined, from: undefined });
  await recordPage(lab.keys, walk, { next: 'two', pages: 1, sessions: 6 }, ids(6));
  expect(await beginPart(lab.keys, walk, 0, retentionMs)).toBe(true);
  return walk;
}

const at = (pages: number) => ({ next: `n${pages}`, pages, sessions: 50 * pages });

async function page(walk: Walk, part: number, pages: number, places: number[], outside = 0) {
  return await recordPart(lab.keys, walk, part, at(pages), { places, outside }, retentionMs);
}

function digestOf(sessionIds: readonly string[]): string {
  const digest = new SelectionDigest();
  digest.add(sessionIds);
  return digest.value;
}

describe('a breakdown', () => {
  test('keeps each page of a value once, however often it is recorded, and goes on behind it (invariant 11)', async () => {
    const walk = await found();
    for (let times = 0; times < 3; times += 1) expect(await page(walk, 0, 1, [0, 2], 3)).toBe('recorded');
    expect(await page(walk, 0, 3, [1])).toBe('lost');
    expect(await page(walk, 1, 1, [1])).toBe('lost');
    await putOffWalk(lab.keys, walk, 0);
    const again = await take('again');
    expect(again).toMatchObject({ part: 0, from: at(1) });
    // One that is shown twice counts once.
    expect(await page(again, 0, 2, [2, 4])).toBe('recorded');
    for (const _ of [1, 2]) expect(await beginPart(lab.keys, again, 1, retentionMs)).toBe(true);
    expect(await beginPart(lab.keys, again, 3, retentionMs)).toBe(false);
    expect((await view()).breakdown).toMatchObject({ walked: 1, pages: 2, values: [{ value: 'a', count: 6 }, {}, {}] });
    await putOffWalk(lab.keys, again, 0);
    expect(await take()).toMatchObject({ part: 1, from: undefined });
  });

  test('is that of who holds the walk alone', async () => {
    const first = await found();
    await lab.redis.zadd(`${lab.keys.base}walks`, 1, 's');
    await take('second');
    expect(await page(first, 0, 1, [0])).toBe('lost');
    expect(await beginPart(lab.keys, first, 1, retentionMs)).toBe(false);
  });

  test('divides the selection: what several walks showed is the last one’s, and what none showed is other', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0, 1, 2]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [2, 4], 5);
    await beginPart(lab.keys, walk, 2, retentionMs);
    await beginPart(lab.keys, walk, 3, retentionMs);
    const [a = '', b = '', c = '', , e = ''] = ids(6);
    const came = await division();
    expect(came).toEqual({
      shares: [
        { count: 2, digest: digestOf([a, b]) },
        { count: 2, digest: digestOf([c, e]) },
        { count: 0, digest: digestOf([]) },
      ],
      other: 2,
    });
    const end = { state: 'ready', count: 6, digest: digestOf(ids(6)), division: came } as const;
    expect(await endWalk(lab.keys, walk, end, retentionMs)).toBe(true);
    expect(await view()).toMatchObject({
      state: 'ready',
      count: 6,
      digest: digestOf(ids(6)),
      breakdown: {
        by: 'activityId',
        walked: 3,
        pages: 2,
        values: [
          { value: 'a', count: 3, inSelection: 2, digest: digestOf([a, b]) },
          { value: 'b', count: 7, inSelection: 2, digest: digestOf([c, e]) },
          { value: 'c', count: 0, inSelection: 0, digest: digestOf([]) },
        ],
        other: 2,
      },
    });
    // Marks are of use to the walk alone.
    expect(await lab.redis.exists(key('marks'))).toBe(0);
    expect(await lab.redis.pttl(key('parts'))).toBeGreaterThan(retentionMs - 5_000);
  });

  test('of which a value has failed says so, and neither its share nor the rest', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [1]);
    await beginPart(lab.keys, walk, 2, retentionMs, { code: '20001', message: 'refused' });
    await beginPart(lab.keys, walk, 3, retentionMs);
    const came = await division();
    await endWalk(lab.keys, walk, { state: 'ready', count: 6, digest: 'd', division: came }, retentionMs);
    const { values, ...others } = (await view()).breakdown ?? { values: [] };
    expect(others).toEqual({ by: 'activityId', walked: 3, pages: 2 });
    expect(values[0]).toMatchObject({ inSelection: 1 });
    expect(values[1]).toEqual({ value: 'b', count: 1, error: { code: '20001', message: 'refused' } });
    expect(values[2]).toMatchObject({ inSelection: 0 });
  });

  test('of which a value has failed half-way takes nothing from those before it', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0, 1, 2]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [2, 3]);
    await putOffWalk(lab.keys, walk, 0);
    const again = await take('again');
    await page(again, 1, 2, [0, 4]);
    const failure = { code: '20001', message: 'refused' };
    for (const _ of [1, 2]) await beginPart(lab.keys, again, 2, retentionMs, failure);
    await page(again, 2, 1, [1, 5]);
    await beginPart(lab.keys, again, 3, retentionMs);
    const [a = '', b = '', c = '', , , f = ''] = ids(6);
    const shares = [{ count: 2, digest: digestOf([a, c]) }, undefined, { count: 2, digest: digestOf([b, f]) }];
    expect(await division()).toEqual({ shares, other: undefined });
  });

  test('of which a value has failed before its first page stays as it was', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0, 1]);
    await page(walk, 0, 2, [2]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [2]);
    await page(walk, 1, 2, [3]);
    await beginPart(lab.keys, walk, 2, retentionMs);
    await beginPart(lab.keys, walk, 3, retentionMs, { code: '20001', message: 'refused' });
    const { shares } = await division();
    expect(shares.map((share) => share?.count)).toEqual([2, 2, undefined]);
  });

  test('of which the first value has failed leaves its sessions to the others', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0, 1, 5]);
    await beginPart(lab.keys, walk, 1, retentionMs, { code: '20001', message: 'refused' });
    await page(walk, 1, 1, [1, 2]);
    await beginPart(lab.keys, walk, 2, retentionMs);
    await beginPart(lab.keys, walk, 3, retentionMs);
    const { shares } = await division();
    expect(shares.map((share) => share?.count)).toEqual([undefined, 2, 0]);
  });

  test.each(['cancelled', 'failed'] as const)('leaves no marks once the selection is %s', async (state) => {
    const walk = await found();
    await page(walk, 0, 1, [0]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [0]);
    expect(await lab.redis.exists(key('marks'), key('marks-before'))).toBe(2);
    if (state === 'cancelled') await store.cancel('s', retentionMs);
    else await endWalk(lab.keys, walk, { state, code: 'x', message: 'y' }, retentionMs);
    expect(await page(walk, 1, 2, [1])).toBe('lost');
    expect(await lab.redis.exists(key('marks'), key('marks-before'))).toBe(0);
    expect((await view()).breakdown?.values[0]?.count).toBe(state === 'cancelled' ? 0 : 1);
  });

  test('keeps nothing for longer than twice the retention, whoever ends the selection', async () => {
    const walk = await found();
    await page(walk, 0, 1, [0]);
    await beginPart(lab.keys, walk, 1, retentionMs);
    await page(walk, 1, 1, [0]);
    for (const part of ['marks', 'marks-before', 'parts']) {
      const left = await lab.redis.pttl(key(part));
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(retentionMs);
    }
  });

  test('takes a byte a session and no id, and none that is not there (invariant 12)', async () => {
    const walk = await found();
    await page(walk, 0, 1, [99_999]);
    const marks = (await lab.redis.memory('USAGE', key('marks'))) ?? 0;
    expect(marks).toBeGreaterThan(100_000);
    expect(marks).toBeLessThan(220_000);
    const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
    await lab.redis.config('SET', 'maxmemory', Math.round(used / 0.88));
    try {
      expect(await page(walk, 0, 2, [1])).toBe('memory_short');
    } finally {
      await lab.redis.config('SET', 'maxmemory', 0);
    }
  });

  test('makes another selection of it than none, or another one (invariant 11)', async () => {
    const consumer = lab.keys.consumer;
    await store.begin({ ...asked, consumer }, retentionMs);
    expect(await store.begin({ ...asked, consumer }, retentionMs)).toMatchObject({ id: 's' });
    const { breakdown: _, ...plain } = asked;
    const taken = { code: 'id_taken' };
    await expect(store.begin({ ...plain, consumer }, retentionMs)).rejects.toMatchObject(taken);
    const other = { ...asked, breakdown: { by: 'activityId' as const, values: ['a'] }, consumer };
    await expect(store.begin(other, retentionMs)).rejects.toMatchObject(taken);
    expect((await view()).breakdown).toEqual({
      by: 'activityId',
      walked: 0,
      pages: 0,
      values: ['a', 'b', 'c'].map((value) => ({ value, count: 0 })),
    });
  });
});
