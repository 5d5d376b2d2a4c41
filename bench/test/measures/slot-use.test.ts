import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { slotUse } from '../../src/measures/slot-use.ts';

const quota = { calls: 2, windowMs: 1_000 };

test('worked by hand: the third call is safe a window after the first answer, the fourth after the second', () => {
  const roundTrips = [
    { leftAt: 0, answeredAt: 100 },
    { leftAt: 0, answeredAt: 300 },
    // Safe from 1,100 on.
    { leftAt: 1_110, answeredAt: 1_210 },
    // Safe from 1,300 on.
    { leftAt: 1_330, answeredAt: 1_430 },
  ];
  const use = slotUse(roundTrips, quota);
  expect(use.roundTripMs).toBe(150);
  expect(use.lagMs).toBe(20);
  expect(use.ofBound).toBeCloseTo(1_150 / 1_170);
});

test('it is an answer that frees a slot, whichever call it belongs to', () => {
  const roundTrips = [
    { leftAt: 0, answeredAt: 900 },
    { leftAt: 0, answeredAt: 100 },
    { leftAt: 1_100, answeredAt: 1_200 },
  ];
  expect(slotUse(roundTrips, quota).lagMs).toBe(0);
});

test('a caller that is late by as much every time has just that lag, whatever its round trips', () => {
  const course = fc.record({
    lagMs: fc.integer({ min: 0, max: 500 }),
    trips: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 3, maxLength: 40 }),
  });
  fc.assert(
    fc.property(course, ({ lagMs, trips }) => {
      const freeAt: number[] = Array.from({ length: quota.calls }, () => -lagMs);
      const roundTrips = trips.map((tripMs) => {
        freeAt.sort((one, other) => one - other);
        const leftAt = (freeAt.shift() ?? 0) + lagMs;
        freeAt.push(leftAt + tripMs + quota.windowMs);
        return { leftAt, answeredAt: leftAt + tripMs };
      });
      const use = slotUse(roundTrips, quota);
      expect(use.lagMs).toBeCloseTo(lagMs);
      expect(use.ofBound).toBeLessThanOrEqual(1);
    }),
  );
});
