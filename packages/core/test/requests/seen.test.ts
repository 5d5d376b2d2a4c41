import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SeenFew, SeenMany } from '../../src/requests/seen.ts';

/** Sixteen bytes of few different ones, so that many are equal and most of the others differ in little. */
const similar = fc.array(fc.constantFrom(0, 1, 0xff), { minLength: 16, maxLength: 16 });
const differing = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => [...bytes]);
/** All of one place, as the ids of one host's clock are. */
const counted = fc.integer({ min: 0, max: 40 }).map((n) => [n, ...Array.from({ length: 15 }, () => 7)]);

describe.each([
  ['few', SeenFew],
  ['many', SeenMany],
])('what is seen, of %s', (_name, Seen) => {
  test('is exactly what was added before', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(similar, differing, counted), { maxLength: 300 }), (items) => {
        const seen = new Seen();
        const known = new Set<string>();
        for (const item of items) {
          const isNew = !known.has(item.join());
          known.add(item.join());
          expect(seen.add(Buffer.from([9, ...item, 9]), 1)).toBe(isNew);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('what is seen, of a million that follow each other, is exactly what was added before', () => {
  const seen = new SeenMany();
  const item = Buffer.alloc(16);
  const addAll = (from: number, to: number): number => {
    let added = 0;
    for (let n = from; n < to; n += 1) {
      item.writeUInt32BE(n, (n % 4) * 4);
      item.writeUInt32BE(n, ((n + 1) % 4) * 4);
      item.fill(0, ((n + 2) % 4) * 4, ((n + 2) % 4) * 4 + 4);
      item.fill(0, ((n + 3) % 4) * 4, ((n + 3) % 4) * 4 + 4);
      if (seen.add(item, 0)) added += 1;
    }
    return added;
  };
  expect(addAll(0, 1_000_000)).toBe(1_000_000);
  expect(addAll(500_000, 1_000_100)).toBe(100);
});
