import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf, RequestDigest } from '../../src/requests/chunks.ts';
import { maxItemsPerRequest } from '../../src/requests/request.ts';

async function cut(items: Iterable<string>, kind: 'deletion' | 'resubmission' = 'deletion'): Promise<string[][]> {
  const chunks: string[][] = [];
  for await (const chunk of chunksOf(kind, items)) chunks.push(chunk);
  return chunks;
}

function* same(n: number): Generator<string> {
  for (let i = 0; i < n; i += 1) yield 'id';
}

async function countUntilRefused(items: Iterable<string>): Promise<{ count: number; refusal: unknown }> {
  let count = 0;
  try {
    for await (const chunk of chunksOf('deletion', items)) count += chunk.length;
    return { count, refusal: undefined };
  } catch (refusal) {
    return { count, refusal };
  }
}

describe('chunks', () => {
  test('hold every item in order, and none more than 1,000', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), async (n) => {
        const items = Array.from({ length: n }, (_, i) => `id ${i}`);
        const chunks = await cut(items);
        expect(chunks.flat()).toEqual(items);
        expect(chunks).toHaveLength(Math.ceil(n / 1_000));
        for (const chunk of chunks.slice(0, -1)) expect(chunk).toHaveLength(1_000);
      }),
      { numRuns: 30 },
    );
  });

  test('hold at most 4 MB of submissions', async () => {
    const text = (bytes: number) => 'A'.repeat(bytes);
    const two = 2 * 1024 * 1024;
    const chunks = await cut([two, two, 4, two, 8, two].map(text), 'resubmission');
    expect(chunks.map((chunk) => chunk.map(({ length }) => length))).toEqual([[two, two], [4, two, 8], [two]]);
  });

  test('come of 5,000,000 items', async () => {
    expect(await countUntilRefused(same(maxItemsPerRequest))).toEqual({ count: 5_000_000, refusal: undefined });
  });

  test('are refused at the 5,000,001st item, without reading on', async () => {
    let read = 0;
    function* endless(): Generator<string> {
      for (;;) {
        read += 1;
        yield 'id';
      }
    }
    const { refusal } = await countUntilRefused(endless());
    expect(refusal).toMatchObject({
      code: 'invalid',
      field: 'sessionIds',
      message: 'must hold at most 5,000,000 items',
    });
    expect(read).toBe(5_000_001);
  });

  test.each([
    ['deletion', 'sessionIds'],
    ['resubmission', 'submissions'],
  ] as const)('of an empty %s are refused', async (kind, field) => {
    await expect(cut([], kind)).rejects.toMatchObject({ code: 'invalid', field });
  });
});

describe('the digest of a request', () => {
  const digest = (kind: 'deletion' | 'resubmission', consumer: string, ignoring: boolean, chunks: string[][]) => {
    const whole = new RequestDigest(kind, consumer, ignoring);
    for (const chunk of chunks) whole.add(chunk);
    return whole.end();
  };
  const one = digest('resubmission', 'c', false, [['a', 'b'], ['c']]);

  test('does not depend on how the items were cut', () => {
    expect(digest('resubmission', 'c', false, [['a'], ['b', 'c']])).toBe(one);
  });

  test('is another one for another kind, consumer, flag, order or cut of the text', () => {
    const others = [
      digest('deletion', 'c', false, [['a', 'b', 'c']]),
      digest('resubmission', 'd', false, [['a', 'b', 'c']]),
      digest('resubmission', 'c', true, [['a', 'b', 'c']]),
      digest('resubmission', 'c', false, [['b', 'a', 'c']]),
      digest('resubmission', 'c', false, [['ab', 'c']]),
      digest('resubmission', 'c', false, [['a', 'b', 'c', 'c']]),
    ];
    expect(new Set([one, ...others]).size).toBe(others.length + 1);
  });
});
