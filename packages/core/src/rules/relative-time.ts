import { DateTime, Duration } from 'luxon';
import { z } from 'zod';

/** Longer than any record of a session is kept. */
export const mostYears = 100;

/** A span back from now as an ISO 8601 duration in whole numbers: `P3Y`, `P18M`, `P90D`, `PT36H`. */
export const durationSchema = z
  .string('must be a duration such as P3Y, P18M or P90D')
  .regex(/^P(?=[\dT])(\d{1,6}Y)?(\d{1,6}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/, {
    error: 'must be an ISO 8601 duration in whole numbers, such as P3Y, P18M or P90D',
    abort: true,
  })
  .refine((text) => Duration.fromISO(text).valueOf() > 0, 'must be longer than nothing')
  .refine((text) => Duration.fromISO(text).as('years') <= mostYears, `must be at most ${mostYears} years`);

/**
 * The moment that lies so long before another, in ms, by the calendar of UTC and down to the whole second that Learnosity is asked in. A day
 * that a month does not have is its last one: a year before 29 February is 28 February.
 */
export function momentBefore(moment: number, duration: string): number {
  const before = DateTime.fromMillis(moment, { zone: 'utc' }).minus(Duration.fromISO(duration));
  return before.startOf('second').toMillis();
}
