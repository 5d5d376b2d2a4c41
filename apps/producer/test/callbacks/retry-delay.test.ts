import { describe, expect, test } from '@jest/globals';
import { readRetryAfter, retryDelayMs, retryTimes } from '../../src/callbacks/retry-delay.ts';

describe('the time between two attempts', () => {
  test.each([
    [1, 5_000],
    [2, 10_000],
    [10, 2_560_000],
    [11, 3_600_000],
    [1_000, 3_600_000],
  ])('after %i is at most %i ms, and at least three quarters of that', (attempts, most) => {
    for (let i = 0; i < 50; i += 1) {
      const delay = retryDelayMs(retryTimes, attempts);
      expect(delay).toBeGreaterThanOrEqual(most * 0.75);
      expect(delay).toBeLessThanOrEqual(most);
    }
  });

  test('is longer when the receiver asks for that, up to an hour, and never shorter', () => {
    expect(retryDelayMs(retryTimes, 1, 60_000)).toBe(60_000);
    expect(retryDelayMs(retryTimes, 1, 86_400_000)).toBe(3_600_000);
    expect(retryDelayMs(retryTimes, 5, 0)).toBeGreaterThanOrEqual(60_000);
  });

  test('is a day in all', () => {
    let total = 0;
    for (let attempts = 1; attempts < 37; attempts += 1) total += retryDelayMs(retryTimes, attempts);
    expect(total / 3_600_000).toBeGreaterThan(20);
    expect(total / 3_600_000).toBeLessThan(28);
  });

  test('is asked for in seconds or as a date', () => {
    const now = Date.parse('2027-01-31T08:00:00Z');
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Sun, 31 Jan 2027 08:00:30 GMT', now)).toBe(30_000);
    expect(readRetryAfter('Sun, 31 Jan 2027 07:00:00 GMT', now)).toBe(0);
    for (const text of [undefined, '', 'soon', '-1', '1.5s']) expect(readRetryAfter(text, now)).toBeUndefined();
  });
});
