import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { consumerKeys } from '../../src/lanes/keys.ts';
import { openRequest } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { Lab } from '../lanes/lab.ts';
import { mixedIds } from './id-shapes.ts';
import { sealedKeys, storedKeys, takeAll } from './lane-contents.ts';
import { StutteringRedis } from './stuttering-redis.ts';

leakGuard();

let lab: Lab;
let stuttering: StutteringRedis;
beforeAll(async () => {
  lab = await Lab.start();
  stuttering = new StutteringRedis(lab.server.url);
  expect(await stuttering.incr('sent')).toBe(2);
});
afterAll(async () => {
  stuttering.disconnect();
  await lab.stop();
});
beforeEach(() => {
  lab.next();
});

/** Deletes as a person would ask it, in whatever form the ids come. */
async function store(items: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items });
}

async function storeSubmissions(items: Iterable<string>): Promise<void> {
  await storeRequest(lab.keys, { id: 'r', kind: 'resubmission', ignoring: false, items });
}

async function taken(kind: 'deletion' | 'resubmission' = 'deletion'): Promise<string[]> {
  await openRequest(lab.keys, 'r');
  return await takeAll(lab, kind);
}

/** Another place for the same consumer's keys: every command on it runs twice. */
function stutter(): void {
  lab.keys = consumerKeys(stuttering, 'test', lab.keys.consumer);
}

function submission(n: number): string {
  return Buffer.from(`submission ${n} ${'x'.repeat(n % 400)}`).toString('base64');
}

function* each<T>(items: readonly T[]): Generator<T> {
  yield* items;
}

async function* eachInTime<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield item;
}

describe('what a service uploads comes out of the lane again, each item, in order (invariants 1, 2)', () => {
  const large = mixedIds(25_000);
  const forms = {
    array: (items: string[]) => items,
    iterable: each<string>,
    'async iterable': eachInTime<string>,
  };

  test.each(Object.entries(forms))('25,000 ids of all shapes from an %s', async (_name, form) => {
    await store(form(large));
    expect(await lab.counts('r')).toMatchObject({ state: 'accepted', total: 25_000, pending: 25_000, duplicates: 0 });
    expect(await taken()).toEqual(large);
  });

  test.each(Object.entries(forms))('200 ids of all shapes from an %s', async (_name, form) => {
    const small = mixedIds(200);
    await store(form(small));
    expect(await lab.counts('r')).toMatchObject({ state: 'accepted', total: 200, pending: 200 });
    expect(await taken()).toEqual(small);
  });

  test('3,500 failed submissions', async () => {
    const texts = Array.from({ length: 3_500 }, (_, i) => submission(i));
    await storeSubmissions(texts);
    expect(await lab.counts('r')).toMatchObject({ total: 3_500, pending: 3_500 });
    expect(await taken('resubmission')).toEqual(texts);
  });

  test('submissions of up to 2 MB, of which few fit into a chunk', async () => {
    const sizes = [2_097_152, 4, 1_000_000, 1_500_000, 2_097_152, 2_097_152];
    const texts = sizes.map((size, i) => Buffer.alloc((size / 4) * 3, i).toString('base64'));
    await storeSubmissions(texts);
    expect(await taken('resubmission')).toEqual(texts);
  });

  test.each([1_000, 1_001, 2_000, 2_001])('%i ids, around the ends of chunks', async (n) => {
    const ids = mixedIds(n);
    await store(ids);
    expect(await taken()).toEqual(ids);
  });
});

describe('duplicates are sent once and counted', () => {
  test('within a small request', async () => {
    await store(['a', 'b', 'a', 'c', 'b', 'a']);
    expect(await lab.counts('r')).toMatchObject({ total: 3, duplicates: 3 });
    expect(await taken()).toEqual(['a', 'b', 'c']);
  });

  test('across the chunks of a large one', async () => {
    const ids = mixedIds(4_000);
    await store([...ids, ...ids.slice(0, 1_500), ...ids.slice(3_990)]);
    expect(await lab.counts('r')).toMatchObject({ total: 4_000, duplicates: 1_510 });
    expect(await storedKeys(lab)).toEqual(sealedKeys);
    expect(await taken()).toEqual(ids);
  });

  test('among submissions, in one chunk and across chunks', async () => {
    const texts = Array.from({ length: 1_800 }, (_, i) => submission(i));
    await storeSubmissions([...texts, ...texts.slice(0, 700), submission(1_799)]);
    expect(await lab.counts('r')).toMatchObject({ total: 1_800, duplicates: 701 });
    expect(await taken('resubmission')).toEqual(texts);
  });

  test('but a UUID in capitals is another id', async () => {
    const lower = 'abcdef00-0000-4000-8000-000000000001';
    const upper = lower.toUpperCase();
    await store([lower, upper, ...mixedIds(1_500), upper, lower]);
    expect(await lab.counts('r')).toMatchObject({ total: 1_502, duplicates: 2 });
  });
});

describe.each([
  ['small', 300],
  ['large', 2_500],
])('the same call again, of a %s request', (_name, size) => {
  const ids = mixedIds(size);

  test('is safe and changes nothing (invariant 11)', async () => {
    await store(ids);
    const [counts, keys] = [await lab.counts('r'), await storedKeys(lab)];
    await store(ids);
    await store(each(ids));
    expect([await lab.counts('r'), await storedKeys(lab)]).toEqual([counts, keys]);
    expect(await taken()).toEqual(ids);
    await store(ids);
    expect(await lab.counts('r')).toMatchObject({ state: 'processing', claimed: size });
  });

  test.each([
    ['another id', ids.with(7, 'another')],
    ['one id less', ids.slice(1)],
    ['another order', ids.toReversed()],
    ['one id twice', [...ids, ids[0] ?? '']],
  ])('is refused when it has %s', async (_change, other) => {
    await store(ids);
    await expect(store(other)).rejects.toMatchObject({ code: 'id_taken' });
    expect(await lab.counts('r')).toMatchObject({ total: size, duplicates: 0 });
    expect(await taken()).toEqual(ids);
  });

  test('is refused when it may ignore revisions and the first may not', async () => {
    const texts = Array.from({ length: size }, (_, i) => submission(i));
    await storeSubmissions(texts);
    const ignoring = { id: 'r', kind: 'resubmission', ignoring: true, items: texts } as const;
    await expect(storeRequest(lab.keys, ignoring)).rejects.toMatchObject({ code: 'id_taken' });
  });
});

describe('every step of an upload may run twice (invariant 11)', () => {
  test('a small one', async () => {
    stutter();
    await store(['a', 'b', 'a']);
    expect(await lab.counts('r')).toMatchObject({ total: 2, duplicates: 1 });
    expect(await taken()).toEqual(['a', 'b']);
  });

  test('a large one: a resent chunk is applied once', async () => {
    stutter();
    const ids = mixedIds(6_500);
    await store([...ids, ...ids.slice(0, 40)]);
    expect(await lab.counts('r')).toMatchObject({ total: 6_500, pending: 6_500, duplicates: 40 });
    expect(await taken()).toEqual(ids);
  });

  test('a large one of submissions', async () => {
    stutter();
    const texts = Array.from({ length: 2_300 }, (_, i) => submission(i));
    await storeSubmissions([...texts, ...texts.slice(0, 40)]);
    expect(await lab.counts('r')).toMatchObject({ total: 2_300, duplicates: 40 });
    expect(await taken('resubmission')).toEqual(texts);
  });
});

describe('after the seal', () => {
  test('nothing is left that was kept to find duplicates, and nothing expires', async () => {
    await store(mixedIds(12_000));
    expect(await storedKeys(lab)).toEqual(sealedKeys);
    for (const key of await storedKeys(lab)) expect(await lab.redis.ttl(`${lab.keys.base}${key}`)).toBe(-1);
    expect(Object.keys(await lab.redis.hgetall(`${lab.keys.base}request:r`))).not.toContain('token');
  });
});
