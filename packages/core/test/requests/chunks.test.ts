import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Items } from '../../src/client/session-queue.ts';
import { type Chunk, chunksOf, RequestDigest } from '../../src/requests/chunks.ts';
import { unpackSessionId } from '../../src/requests/packing.ts';
import { maxItemsPerRequest } from '../../src/requests/request.ts';
import { SeenFew } from '../../src/requests/seen.ts';

type Kind = 'deletion' | 'resubmission';

async function cut(items: Items, kind: Kind = 'deletion'): Promise<string[][]> {
  const chunks: string[][] = [];
  for await (const chunk of chunksOf(kind, items)) {
    const held = itemsOf(chunk);
    expect(chunk.size).toBe(held.length);
    chunks.push(held);
  }
  return chunks;
}

/** The items of a chunk as its text has them. */
function itemsOf({ text }: Chunk): string[] {
  if (typeof text === 'string') return text.split('\n').slice(0, -1);
  const ids: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + 2 + text.readUInt16BE(at);
    ids.push(unpackSessionId(text.subarray(at + 2, end)));
    at = end;
  }
  return ids;
}

function* same(n: number): Generator<string> {
  for (let i = 0; i < n; i += 1) yield 'id';
}

async function countUntilRefused(items: Iterable<string>): Promise<{ count: number; refusal: unknown }> {
  let count = 0;
  try {
    for await (const chunk of chunksOf('deletion', items)) count += chunk.size;
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

  test('are the same whether items come from a list, one by one or some at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 6 }), async (sizes) => {
        const items = Array.from({ length: sizes.reduce((sum, size) => sum + size, 1) }, (_, i) => `id ${i}`);
        async function* oneByOne() {
          yield* items;
        }
        async function* someAtATime() {
          let from = 0;
          for (const size of [...sizes, 1]) {
            yield items.slice(from, from + size);
            from += size;
          }
        }
        const fromList = await cut(items);
        expect(await cut(oneByOne())).toEqual(fromList);
        expect(await cut(someAtATime())).toEqual(fromList);
      }),
      { numRuns: 20 },
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
  /** Of base64 or of anything else, by the kind. */
  const digest = async (kind: Kind, consumer: string, ignoring: boolean, items: string[]) => {
    const whole = new RequestDigest(kind, consumer, ignoring);
    for await (const chunk of chunksOf(kind, items)) whole.add(chunk);
    return whole.value;
  };
  const items = ['aaaa', 'bbbb', 'cccc'];

  test('is another one for another kind, consumer, flag, order or cut of the text', async () => {
    const digests = await Promise.all([
      digest('resubmission', 'c', false, items),
      digest('deletion', 'c', false, items),
      digest('resubmission', 'd', false, items),
      digest('resubmission', 'c', true, items),
      digest('resubmission', 'c', false, items.toReversed()),
      digest('resubmission', 'c', false, ['aaaabbbb', 'cccc']),
      digest('resubmission', 'c', false, [...items, 'cccc']),
      digest('deletion', 'c', false, ['aaa', 'abbbb', 'cccc']),
      digest('deletion', 'c', false, [...items, 'cccc']),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('what of a chunk is to be stored', () => {
  test('is what neither it nor one before it held', async () => {
    const [first, second] = [
      ['a', 'b', 'a'],
      ['b', 'c'],
    ].map((items) => chunksOf('deletion', items));
    const seen = new SeenFew();
    const stored: unknown[] = [];
    for (const chunks of [first, second]) {
      for await (const chunk of chunks ?? []) {
        const { args, duplicates } = chunk.storable(seen);
        stored.push([args.map(String), duplicates]);
      }
    }
    expect(stored).toEqual([
      [['\0\u0002\u0001a\0\u0002\u0001b'], 1],
      [['\0\u0002\u0001c'], 1],
    ]);
  });
});
