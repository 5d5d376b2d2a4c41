import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mean, slopeOf } from '../../src/measures/line.ts';

test('worked by hand: the slope of three points', () => {
  // Means 1 and 2; sums (-1)(-1) + 0 + (1)(2 - 1) = 2 over 2.
  const points = [
    { x: 0, y: 1 },
    { x: 1, y: 3 },
    { x: 2, y: 2 },
  ];
  expect(slopeOf(points)).toBe(0.5);
});

test('points on a line have its slope', () => {
  const some = fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 20 });
  const number = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(some, number, number, (xs, rise, above) => {
      expect(slopeOf(xs.map((x) => ({ x, y: rise * x + above })))).toBeCloseTo(rise);
    }),
  );
});

test('points that are all one above the other, or none, have no slope', () => {
  expect(slopeOf([])).toBeNaN();
  expect(slopeOf([5, 6, 7].map((y) => ({ x: 1, y })))).toBeNaN();
});

test('the mean', () => {
  expect(mean([1, 2, 6])).toBe(3);
});
