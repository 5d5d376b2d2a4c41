import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { type Batch, readBatch } from '../../src/lanes/batch.ts';
import { type Lane, maxItemsPerBatch } from '../../src/lanes/lane.ts';
import { fixedBodyBytes, formEncodedBytes, maxBodyBytes } from '../../src/learnosity/form-size.ts';
import { Lab, readBatchItems } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

/** So high a quota that neither slots nor the pace of small batches hold a claim up. */
const unlimited = { quota: { calls: 100_000, windowMs: 1 } };

/** Opens a request with so many items, named after it. */
async function open(id: string, size: number): Promise<void> {
  await lab.request(
    id,
    Array.from({ length: size }, (_, i) => `${id} ${i}`),
  );
}

/** The next batch, or `undefined` when the lane is empty. */
async function next(lane: Lane, id: string): Promise<Batch | undefined> {
  for (let tries = 0; ; tries += 1) {
    const answer = await lane.claim(id);
    if (answer.is === 'empty') return undefined;
    if (tries > 1_000) throw new Error(`claim answers ${JSON.stringify(answer)} without end`);
    if (answer.is !== 'batch') continue;
    const batch = await readBatch(lab.keys, answer.claim.batch);
    if (batch === undefined) throw new Error('the batch is gone');
    return batch;
  }
}

async function nextOf(lane: Lane, id: string): Promise<Batch> {
  const batch = await next(lane, id);
  if (batch === undefined) throw new Error('the lane is empty');
  return batch;
}

const itemsOf = async (batch: Batch) => (await readBatchItems(lab.keys, batch)).map(String);
const shareOf = (batch: Batch, request: string) => batch.shares.find((share) => share.request === request)?.items ?? 0;
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const size = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 130 }));

describe('a claim among open requests', () => {
  test('of at most 50 gives each of k its floor(50 / k) of a batch, and fills the batch when it can', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 4 }),
        async (sizes, claims) => {
          lab.next();
          const lane = lab.lane('deletion', unlimited);
          for (const [i, n] of sizes.entries()) await open(`r${i}`, n);
          const left = new Map(sizes.map((n, i) => [`r${i}`, n]));
          for (let i = 0; i < claims; i += 1) {
            const batch = await next(lane, `b${i}`);
            const waiting = [...left].filter(([, n]) => n > 0);
            if (batch === undefined) return expect(waiting).toEqual([]);
            expect(batch.size).toBe(Math.min(maxItemsPerBatch, sum([...left.values()])));
            for (const [request, n] of waiting) {
              const fair = Math.min(n, Math.floor(maxItemsPerBatch / waiting.length));
              expect(shareOf(batch, request)).toBeGreaterThanOrEqual(fair);
              left.set(request, n - shareOf(batch, request));
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('gives every item once, and those of a request in their order, however many are open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 120 }), async (sizes) => {
        lab.next();
        const lane = lab.lane('deletion', unlimited);
        for (const [i, n] of sizes.entries()) await open(`r${i}`, n);
        const taken = new Map<string, string[]>(sizes.map((_, i) => [`r${i}`, []]));
        let batches = 0;
        for (let batch = await next(lane, 'b0'); batch !== undefined; batch = await next(lane, `b${batches}`)) {
          batches += 1;
          for (const item of await itemsOf(batch)) taken.get(item.split(' ')[0] ?? '')?.push(item);
        }
        for (const [i, n] of sizes.entries()) {
          expect(taken.get(`r${i}`)).toEqual(Array.from({ length: n }, (_, item) => `r${i} ${item}`));
        }
        expect(batches).toBe(Math.ceil(sum(sizes) / maxItemsPerBatch));
      }),
      { numRuns: 12 },
    );
  });

  test('takes the newest along with the next batch, though thousands were open before it', async () => {
    const lane = lab.lane('deletion', unlimited);
    for (let i = 0; i < 2_000; i += 1) await open(`old${i}`, 2);
    for (let i = 0; i < 5; i += 1) {
      await open(`new${i}`, 1);
      expect(shareOf(await nextOf(lane, `b${i}`), `new${i}`)).toBe(1);
    }
  });

  test('lets nobody starve, though 50 newcomers come with every batch', async () => {
    const lane = lab.lane('deletion', unlimited);
    const large = Array.from({ length: 12 }, (_, i) => `large${i}`);
    const small = Array.from({ length: 48 }, (_, i) => `small${i}`);
    for (const id of large) await open(id, 40);
    for (const id of small) await open(id, 1);
    const turns = new Map<string, number>();
    // A quarter of each batch is for those that never had a turn, the oldest first, and a quarter for those that had one.
    const batches = (large.length + small.length) / 12;
    for (let i = 0; i < batches; i += 1) {
      for (let j = 0; j < 50; j += 1) await open(`new${i}-${j}`, 1);
      for (const { request } of (await nextOf(lane, `b${i}`)).shares) turns.set(request, (turns.get(request) ?? 0) + 1);
    }
    for (const id of small) expect([id, turns.get(id)]).toEqual([id, 1]);
    for (const id of large) expect([id, turns.get(id)]).toEqual([id, batches]);
  });
});

describe('turns', () => {
  test('come to each of many large requests, though 50 newcomers come with every batch', async () => {
    const lane = lab.lane('deletion', unlimited);
    const large = Array.from({ length: 49 }, (_, i) => `large${i}`);
    for (const id of large) await open(id, 10);
    const turns = new Set<string>();
    // Half a batch while none of them had a turn, a quarter from then on.
    for (let i = 0; i < 3; i += 1) {
      for (let j = 0; j < 50; j += 1) await open(`new${i}-${j}`, 1);
      for (const { request } of (await nextOf(lane, `b${i}`)).shares) turns.add(request);
    }
    expect(large.filter((id) => !turns.has(id))).toEqual([]);
  });

  test('bring what is left of each batch to one after the other', async () => {
    const lane = lab.lane('deletion', unlimited);
    for (const id of ['a', 'b', 'c']) await open(id, 100);
    const taken = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 3; i += 1) {
      const batch = await nextOf(lane, `b${i}`);
      for (const id of ['a', 'b', 'c'] as const) taken[id] += shareOf(batch, id);
    }
    expect(taken).toEqual({ a: 50, b: 50, c: 50 });
  });
});

describe('a claim of submissions', () => {
  test('that an item of one request has closed takes nothing of the requests behind it', async () => {
    const large = [1, 2, 3].map((byte) => Buffer.alloc(1_100_000, byte).toString('base64'));
    await lab.request('behind', ['AAAA'], 'resubmission');
    await lab.request('before', large, 'resubmission');
    const lane = lab.lane('resubmission', unlimited);
    expect((await nextOf(lane, 'one')).shares).toEqual([{ request: 'before', items: 2 }]);
    const { shares } = await nextOf(lane, 'two');
    expect(shares).toHaveLength(2);
    expect(shares).toEqual(
      expect.arrayContaining([
        { request: 'behind', items: 1 },
        { request: 'before', items: 1 },
      ]),
    );
  });

  const limit = maxBodyBytes - fixedBodyBytes;
  const large = fc.constantFrom(3, 30_000, 520_000, 1_050_000, 1_572_864);

  test('never grows over the size of a body, and never leaves out what would have fit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(large, { minLength: 1, maxLength: 9 }), async (sizes) => {
        lab.next();
        const texts = sizes.map((bytes, i) => Buffer.alloc(bytes, i).toString('base64'));
        await lab.request('r', texts, 'resubmission');
        const lane = lab.lane('resubmission', unlimited);
        const batches: string[][] = [];
        for (let batch = await next(lane, 'b0'); batch !== undefined; batch = await next(lane, `b${batches.length}`)) {
          batches.push(await itemsOf(batch));
        }
        expect(batches.flat()).toEqual(texts);
        for (const [index, batch] of batches.entries()) {
          const bytes = sum(batch.map(formEncodedBytes));
          expect(batch.length === 1 || bytes <= limit).toBe(true);
          const [following] = batches[index + 1] ?? [];
          if (following !== undefined) expect(bytes + formEncodedBytes(following)).toBeGreaterThan(limit);
        }
      }),
      { numRuns: 8 },
    );
  });
});

describe('a claim that comes again (invariant 11)', () => {
  const unsent = { cause: 'unsent', code: '', message: '', dueInMs: 0 } as const;

  test('long after tells of nothing that others were given since', async () => {
    await open('r', 50);
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    await lane.giveBack(first, { how: 'unused' }, unsent);
    const second = await lab.claim(lane, 'two');
    expect(second.batch).toBe(first.batch);
    expect(await lab.claim(lane, 'one')).toEqual(first);
    expect((await lane.beginSend(second)).is).toBe('go');
    expect(await lane.beginSend(first)).toEqual({ is: 'no', reason: 'lease' });
    // What the late one then gives back as unused is its own slot, not the one of the call that is under way.
    await lane.giveBack(first, { how: 'unused' }, unsent);
    expect(await lab.redis.zscore(`${lab.keys.base}slots:deletion`, second.slot)).not.toBeNull();
  });

  test('may be for a retry or a half too', async () => {
    await open('r', 50);
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    const outcomes = Array.from({ length: 50 }, (_, i) => Math.floor(i / 25));
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await lane.resolve('one', { claims: first.claims }, { outcomes, children });
    const half = await lab.claim(lane, 'two');
    expect(half.batch).toBe('one-1');
    expect(await lab.claim(lane, 'two')).toEqual(half);
    await lane.giveBack(half, { how: 'unused' }, unsent);
    const retry = await lab.claim(lane, 'three');
    expect(retry).toMatchObject({ batch: 'one-1', claims: '2' });
    expect(await lab.claim(lane, 'three')).toEqual(retry);
    expect(await lab.claim(lane, 'two')).toEqual(half);
  });
});
