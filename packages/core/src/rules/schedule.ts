import { CronExpressionParser } from 'cron-parser';
import { Duration, IANAZone } from 'luxon';
import { z } from 'zod';
import { durationSchema } from './relative-time.ts';

const shortestEveryMs = 60_000;

const timeZoneSchema = z
  .string('must be a string')
  .refine((zone) => IANAZone.isValidZone(zone), 'must be a time zone such as Europe/Berlin or UTC');

const cronSchema = z
  .string('must be a string')
  .regex(/^(\S+ ){4}\S+$/, {
    error: 'must have five fields: minute, hour, day of the month, month, day of the week',
    abort: true,
  })
  .refine(
    comes,
    'must be a cron pattern for a time that exists, not the 30th of February: 0 3 * * 0 is 3 o’clock every Sunday',
  );

const everySchema = durationSchema
  // Of the same length always: a month is not.
  .refine((text) => !/^P(\d+Y|\d+M)/.test(text), {
    error: 'must not have years or months, whose lengths differ: use cron',
    abort: true,
  })
  .refine((text) => everyMs(text) >= shortestEveryMs, 'must be at least a minute: PT1M');

/** When a rule runs: by a cron pattern in a time zone, or every so often. */
export const scheduleSchema = z
  .strictObject({
    cron: cronSchema
      .optional()
      .meta({ description: 'Minute, hour, day of the month, month, day of the week: `0 3 * * 0`' }),
    timeZone: timeZoneSchema.optional().meta({ description: 'By whose clock cron goes; UTC when absent' }),
    every: everySchema
      .optional()
      .meta({ description: 'In place of cron: a duration such as P1D or PT6H, counted from 1970-01-01T00:00Z' }),
  })
  .refine(({ cron, every }) => (cron === undefined) !== (every === undefined), 'must have either cron or every')
  .refine(({ timeZone, every }) => timeZone === undefined || every === undefined, {
    error: 'is for cron: every is counted in UTC',
    path: ['timeZone'],
  });
export type Schedule = z.infer<typeof scheduleSchema>;

/** The next moments after one, in ms. Every process finds the same ones. */
export function nextMoments({ cron = '', timeZone = 'UTC', every }: Schedule, after: number, count: number): number[] {
  if (every !== undefined) {
    const ms = everyMs(every);
    const first = (Math.floor(after / ms) + 1) * ms;
    return Array.from({ length: count }, (_, i) => first + i * ms);
  }
  const expression = CronExpressionParser.parse(cron, { tz: timeZone, currentDate: new Date(after) });
  return expression.take(count).map((moment) => moment.getTime());
}

/** The next moment after one, in ms. */
export function nextMoment(schedule: Schedule, after: number): number {
  const [next] = nextMoments(schedule, after, 1);
  if (next === undefined) throw new Error('the schedule of a rule never comes again');
  return next;
}

export function everyMs(every: string): number {
  return Duration.fromISO(every).toMillis();
}

/** Only the parser knows: 30 February is well-formed. */
function comes(cron: string): boolean {
  try {
    return nextMoments({ cron }, Date.now(), 1).length === 1;
  } catch {
    return false;
  }
}
