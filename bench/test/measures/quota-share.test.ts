import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { provableBound, quotaShare } from '../../src/measures/quota-share.ts';

const quota = { calls: 5, windowMs: 5_000 };
const times = (count: number, at: (i: number) => number) => Array.from({ length: count }, (_, i) => at(i));

describe('the share of the quota is 1', () => {
  test('for five calls at once in every window', () => {
    expect(
      quotaShare(
        times(30, (i) => Math.floor(i / 5) * 5_000),
        quota,
      ),
    ).toBeCloseTo(1);
  });

  test('for a call every second', () => {
    expect(
      quotaShare(
        times(30, (i) => i * 1_000),
        quota,
      ),
    ).toBeCloseTo(1);
  });
});

test('half as many calls are half the share', () => {
  expect(
    quotaShare(
      times(15, (i) => i * 2_000),
      quota,
    ),
  ).toBeCloseTo(0.5);
});

test('calls within one window say nothing about a rate', () => {
  expect(quotaShare([], quota)).toBeNaN();
  expect(quotaShare([0, 0, 0, 0, 0], quota)).toBeNaN();
  expect(quotaShare([0, 1_000, 4_999], quota)).toBeNaN();
});

test('when it began, and the order of the times, change nothing', () => {
  const calls = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 10, maxLength: 60 });
  fc.assert(
    fc.property(calls, fc.integer({ min: 0, max: 1e12 }), (all, beginning) => {
      const later = all.toReversed().map((at) => at + beginning);
      const [one, other] = [quotaShare(all, quota), quotaShare(later, quota)];
      if (Number.isNaN(one)) expect(other).toBeNaN();
      else expect(other).toBeCloseTo(one, 5);
    }),
  );
});

test('for bursts of a slot each, cut anywhere after 30 s, it comes to the provable bound within 2 %', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 30_000, max: 60_000 }), (roundTripMs, endMs) => {
      const cycleMs = quota.windowMs + roundTripMs;
      const slots = times(quota.calls, (slot) => slot * 7);
      const calls = slots.flatMap((slot) => times(20, (i) => slot + i * cycleMs)).filter((at) => at <= endMs);
      const ofBound = quotaShare(calls, quota) / provableBound(quota, roundTripMs);
      expect(Math.abs(ofBound - 1)).toBeLessThan(0.02);
    }),
  );
});

test('the provable bound by the round trip, as it stands in the page on performance', () => {
  const bounds = [100, 170, 400].map((roundTripMs) => provableBound(quota, roundTripMs).toFixed(3));
  expect(bounds).toEqual(['0.980', '0.967', '0.926']);
});
