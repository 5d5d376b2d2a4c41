import { describe, expect, test } from '@jest/globals';
import { filterAt, relativeFilterSchema } from '../../src/rules/relative-filter.ts';
import { durationSchema, momentBefore } from '../../src/rules/relative-time.ts';

const at = (moment: string, duration: string) =>
  new Date(momentBefore(Date.parse(moment), duration)).toISOString().replace('.000', '');

describe('a moment before another', () => {
  test.each([
    ['2027-03-31T08:00:00Z', 'P1M', '2027-02-28T08:00:00Z'],
    ['2028-03-31T08:00:00Z', 'P1M', '2028-02-29T08:00:00Z'],
    ['2028-02-29T08:00:00Z', 'P1Y', '2027-02-28T08:00:00Z'],
    ['2028-02-29T08:00:00Z', 'P4Y', '2024-02-29T08:00:00Z'],
    ['2027-03-01T00:00:00Z', 'P3Y', '2024-03-01T00:00:00Z'],
    ['2028-03-01T00:00:00Z', 'P1D', '2028-02-29T00:00:00Z'],
    ['2027-03-01T00:00:00Z', 'PT36H', '2027-02-27T12:00:00Z'],
    // The clocks of Europe are put on in between: UTC knows nothing of it.
    ['2027-03-28T12:00:00Z', 'P1D', '2027-03-27T12:00:00Z'],
  ])('before %s by %s is %s, by the calendar of UTC', (moment, duration, before) => {
    expect(at(moment, duration)).toBe(before);
  });

  test('is a whole second, the one that has begun', () => {
    expect(at('2027-03-01T00:00:00.999Z', 'P1D')).toBe('2027-02-28T00:00:00Z');
  });
});

describe('a duration', () => {
  test.each(['', 'P', 'PT', 'P1', '3 years', '-P1D', 'P-1D', 'P1.5Y', 'P0D', 'P101Y', 'P1D ', 'p1d'])(
    "is refused as '%s'",
    (text) => {
      expect(durationSchema.safeParse(text).success).toBe(false);
    },
  );
  test.each(['P3Y', 'P18M', 'P2W', 'P90D', 'P1Y6M', 'PT36H', 'P1DT12H', 'P100Y'])('may be %s', (text) => {
    expect(durationSchema.parse(text)).toBe(text);
  });
});

describe("a rule's filter", () => {
  test('is that of a selection at a moment, and the same at the same moment', () => {
    const filter = relativeFilterSchema.parse({
      activityIds: ['maths'],
      completed: { olderThan: 'P3Y', newerThan: 'P5Y' },
      updated: { olderThan: 'P30D' },
    });
    const moment = Date.parse('2028-02-29T03:00:00.250Z');
    const expected = {
      activityIds: ['maths'],
      completed: { from: '2023-02-28T03:00:00.000Z', to: '2025-02-28T03:00:00.000Z' },
      updated: { to: '2028-01-30T03:00:00.000Z' },
    };
    expect(filterAt(filter, moment)).toEqual(expected);
    expect(filterAt(filter, moment)).toEqual(expected);
  });

  test.each([
    ['nothing at all', {}],
    ['an empty span', { completed: {} }],
    ['a span that holds nothing', { completed: { olderThan: 'P3Y', newerThan: 'P1Y' } }],
    ['a time that does not go with the clock', { completed: { to: '2024-01-01T00:00:00Z' } }],
  ])('is refused with %s', (_what, filter) => {
    expect(relativeFilterSchema.safeParse(filter).success).toBe(false);
  });
});
