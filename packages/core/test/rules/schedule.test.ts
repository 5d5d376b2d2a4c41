import { describe, expect, test } from '@jest/globals';
import { nextMoments, scheduleSchema } from '../../src/rules/schedule.ts';

const moments = (schedule: object, after: string, count = 3) =>
  nextMoments(scheduleSchema.parse(schedule), Date.parse(after), count).map((moment) => new Date(moment).toISOString());

describe('a schedule', () => {
  test('by cron goes by the clock of its time zone, also when that is put on', () => {
    const schedule = { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' };
    expect(moments(schedule, '2027-03-15T00:00:00Z')).toEqual([
      '2027-03-21T02:00:00.000Z',
      '2027-03-28T01:00:00.000Z',
      '2027-04-04T01:00:00.000Z',
    ]);
  });

  test('by cron goes by UTC where no time zone is given', () => {
    expect(moments({ cron: '0 0 29 2 *' }, '2027-01-01T00:00:00Z', 2)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2032-02-29T00:00:00.000Z',
    ]);
  });

  test('every so often comes at the same moments in every process, never at once', () => {
    expect(moments({ every: 'PT6H' }, '2027-01-01T06:00:00Z', 2)).toEqual([
      '2027-01-01T12:00:00.000Z',
      '2027-01-01T18:00:00.000Z',
    ]);
  });

  test.each([
    ['neither', {}],
    ['both', { cron: '0 3 * * *', every: 'P1D' }],
    ['six fields', { cron: '* 0 3 * * *' }],
    ['a word', { cron: '@daily' }],
    ['a day that never comes', { cron: '0 0 30 2 *' }],
    ['an hour that there is not', { cron: '0 25 * * *' }],
    ['a time zone that there is not', { cron: '0 3 * * *', timeZone: 'Europe/Atlantis' }],
    ['a time zone for every', { every: 'P1D', timeZone: 'UTC' }],
    ['months, whose lengths differ', { every: 'P1M' }],
    ['seconds', { every: 'PT30S' }],
  ])('is refused with %s', (_what, schedule) => {
    expect(scheduleSchema.safeParse(schedule).success).toBe(false);
  });
});
