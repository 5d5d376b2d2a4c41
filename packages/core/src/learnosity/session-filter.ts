import { z } from 'zod';
import { itemFault } from '../requests/items.ts';
import { momentSchema } from '../requests/request.ts';

/** Most values that Learnosity takes in one list of a filter. */
const maxValues = 1000;
const maxValueLength = 255;

/** The statuses of sessions, in Learnosity's own words. */
export const sessionStatuses = ['Incomplete', 'Completed', 'Discarded', 'Pending Scoring'] as const;

const manyOf = <T extends z.ZodType>(value: T) =>
  z
    .array(value, 'must be a list')
    .min(1, 'must name at least one')
    .max(maxValues, `must name at most ${maxValues.toLocaleString('en')}: Learnosity takes no more in one filter`);

/** An id of a session, as a deletion takes it. */
export const sessionId = z.string('must be a string').refine((id) => itemFault('deletion', id) === undefined, {
  error: ({ input }) => itemFault('deletion', input),
});

/** An id of a learner or an activity: theirs are the rules of a session's. */
export const outsideId = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(maxValueLength, `must be at most ${maxValueLength} characters`)
  .regex(/^\P{Cc}*$/u, 'must hold no control characters')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** Rounded either way a span would hold other sessions than it says. */
const wholeSecond = momentSchema.refine(
  (text) => Date.parse(text) % 1000 === 0,
  'must be a whole second: Learnosity is asked in seconds',
);

const span = z
  .strictObject({ from: wholeSecond.optional(), to: wholeSecond.optional() })
  .refine(({ from, to }) => from !== undefined || to !== undefined, 'must have from, to or both')
  .refine(
    ({ from, to }) => from === undefined || to === undefined || Date.parse(from) <= Date.parse(to),
    'from must not be after to',
  );

/**
 * Which sessions: those that fit everything that is given. Lists of 1 to 1,000; times as ISO 8601 with an offset, whole seconds.
 * Whether the second of `to` is still within a span is not documented. Empty is refused, since that is every session of a consumer.
 */
export const sessionFilterSchema = z
  .strictObject(
    {
      sessionIds: manyOf(sessionId).optional(),
      userIds: manyOf(outsideId).optional(),
      activityIds: manyOf(outsideId).optional(),
      statuses: manyOf(z.enum(sessionStatuses, `must be one of ${sessionStatuses.join(', ')}`)).optional(),
      /** Last updated, started, and completed within these spans. */
      updated: span.optional(),
      started: span.optional(),
      completed: span.optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be an object that says which sessions' : undefined) },
  )
  .refine(
    (filter) => Object.values(filter).some((given) => given !== undefined),
    'must give at least one of sessionIds, userIds, activityIds, statuses, updated, started, completed: nothing selects every session',
  );
export type SessionFilter = Readonly<z.infer<typeof sessionFilterSchema>>;

/** The filter in Learnosity's own words ("Session metadata endpoint"); times as UNIX seconds. */
export function learnosityFilter(filter: SessionFilter): Record<string, unknown> {
  const { sessionIds, userIds, activityIds, statuses, updated, started, completed } = filter;
  const parameters = {
    session_id: sessionIds,
    user_id: userIds,
    activity_id: activityIds,
    status: statuses,
    mintime: seconds(updated?.from),
    maxtime: seconds(updated?.to),
    mintime_started: seconds(started?.from),
    maxtime_started: seconds(started?.to),
    mintime_completed: seconds(completed?.from),
    maxtime_completed: seconds(completed?.to),
  };
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

function seconds(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment) / 1000;
}
