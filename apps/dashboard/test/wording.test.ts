import { describe, expect, it } from '@jest/globals';
import { fromNow } from '../src/pages/wording.ts';
import { spanOf } from '../src/rules/rule-words.ts';

const hourMs = 3_600_000;

describe('Time in words', () => {
  it.each([
    [30 * 24 * hourMs - 1_000, 'in 30 days'],
    [30 * 24 * hourMs, 'in 30 days'],
    [29.4 * 24 * hourMs, 'in 29 days'],
    [24 * hourMs - 500, 'in 1 day'],
    [20 * hourMs, 'in 20 hours'],
    [90_000, 'in 2 minutes'],
    [400, 'in under a second'],
    [0, 'just now'],
    [-3 * hourMs, '3 hours ago'],
  ])('%d ms from now are %j', (ms, words) => expect(fromNow(ms)).toBe(words));

  it.each([
    ['P60D', '60 days'],
    ['P1Y6M', '1 year and 6 months'],
    ['PT36H', '36 hours'],
    ['P1DT1M', '1 day and 1 minute'],
    ['P2W', '2 weeks'],
  ])('%s is %j', (duration, words) => expect(spanOf(duration)).toBe(words));
});
