import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentile } from '../../src/measures/percentile.ts';

test('the median, the p95 and the greatest of a hundred', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([0.5, 0.95, 1].map((share) => percentile(values, share))).toEqual([50, 95, 100]);
});

test('of one value it is that value, of none there is none', () => {
  expect([0, 0.5, 1].map((share) => percentile([7], share))).toEqual([7, 7, 7]);
  expect(percentile([], 0.5)).toBeNaN();
});

test('it is the least of the values that the share does not exceed', () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const found = percentile(all, percent / 100);
      const upTo = (limit: number) => all.filter((value) => value <= limit).length * 100;
      expect(all).toContain(found);
      expect(upTo(found)).toBeGreaterThanOrEqual(percent * all.length);
      const lower = all.filter((value) => value < found);
      if (lower.length > 0) expect(upTo(Math.max(...lower))).toBeLessThan(percent * all.length);
    }),
  );
});
