import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { optimum } from '../../src/few-calls/optimum.ts';
import { fewestByTrying } from './fewest-by-trying.ts';

const quota = { calls: 5, windowMs: 5_000, itemsPerCall: 50 };

describe('worked by hand', () => {
  test('no item needs no call, one item one', () => {
    expect(optimum([], quota)).toBe(0);
    expect(optimum([123], quota)).toBe(1);
  });

  test('a thousand items at the same moment fill twenty calls', () => {
    expect(
      optimum(
        Array.from({ length: 1_000 }, () => 7),
        quota,
      ),
    ).toBe(20);
  });

  test('a first item goes alone, what comes within the next second shares a call', () => {
    expect(optimum([0, 1, 500, 999], quota)).toBe(2);
    expect(optimum([0, 1, 500, 1_001], quota)).toBe(3);
  });

  test('a call that is full goes before its turn, while a slot is free', () => {
    const burst = Array.from({ length: 100 }, () => 10);
    expect(optimum([0, ...burst], quota)).toBe(3);
    // Four more full calls at once are one more than the window has slots; the last takes along what comes meanwhile.
    const many = Array.from({ length: 249 }, () => 10);
    expect(optimum([0, ...many, 4_000], quota)).toBe(6);
  });
});

test('items further apart than the pace of the quota are never kept for each other', () => {
  const gaps = fc.array(fc.integer({ min: 1_000, max: 9_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(gaps, (all) => {
      let now = 0;
      const arrivals = all.map((gap) => {
        now += gap;
        return now;
      });
      expect(optimum(arrivals, quota)).toBe(arrivals.length);
    }),
  );
});

/** Few items, small calls and short windows, so that all ways can be tried. */
const small = fc
  .record({
    arrivals: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 }),
    calls: fc.integer({ min: 1, max: 3 }),
    paceMs: fc.integer({ min: 1, max: 3 }),
    itemsPerCall: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ arrivals, calls, paceMs, itemsPerCall }) => ({
    arrivals: arrivals.toSorted((one, other) => one - other),
    small: { calls, windowMs: calls * paceMs, itemsPerCall },
  }));

test('it lies between full calls only and one call for each item', () => {
  fc.assert(
    fc.property(small, ({ arrivals, small: few }) => {
      const calls = optimum(arrivals, few);
      expect(calls).toBeGreaterThanOrEqual(Math.ceil(arrivals.length / few.itemsPerCall));
      expect(calls).toBeLessThanOrEqual(arrivals.length);
    }),
  );
});

test('no caller that is tried makes fewer, where a call holds all that waits', () => {
  fc.assert(
    fc.property(small, ({ arrivals, small: few }) => {
      const roomy = { ...few, itemsPerCall: arrivals.length };
      expect(optimum(arrivals, roomy)).toBe(fewestByTrying(arrivals, roomy));
    }),
  );
});

test('where calls come to be full, only a caller that knows the future can save a call, and rarely', () => {
  // Not to send the two of 5 at 5, but two of 5 and 6 later: nobody who does not know of 9 would.
  const arrivals = [4, 5, 5, 6, 8, 8, 9];
  const few = { calls: 3, windowMs: 6, itemsPerCall: 2 };
  expect([optimum(arrivals, few), fewestByTrying(arrivals, few)]).toEqual([5, 4]);
  fc.assert(
    fc.property(small, ({ arrivals: some, small: quotaOf }) => {
      const saved = optimum(some, quotaOf) - fewestByTrying(some, quotaOf);
      expect([0, 1]).toContain(saved);
    }),
  );
});
