import { z } from 'zod';
import { type SessionFilter, sessionFilterSchema } from '../learnosity/session-filter.ts';
import { durationSchema, momentBefore } from './relative-time.ts';

const relativeSpan = z
  .strictObject({
    olderThan: durationSchema.optional().meta({ description: 'Before the moment that lies so long back: P3Y' }),
    newerThan: durationSchema.optional().meta({ description: 'Not before the moment that lies so long back' }),
  })
  .refine(({ olderThan, newerThan }) => olderThan !== undefined || newerThan !== undefined, {
    error: 'must have olderThan, newerThan or both',
    abort: true,
  })
  // By the calendar of one moment: that P30D may be longer or shorter than P1M matters to nobody.
  .refine(
    ({ olderThan, newerThan }) =>
      olderThan === undefined || newerThan === undefined || momentBefore(0, newerThan) < momentBefore(0, olderThan),
    'newerThan must be longer than olderThan: nothing is older than a year and newer than a month',
  );

const { sessionIds, userIds, activityIds, statuses } = sessionFilterSchema.shape;

/** The filter of a selection, with times that go with the moment at which a rule runs. */
export const relativeFilterSchema = z
  .strictObject({
    sessionIds,
    userIds,
    activityIds,
    statuses,
    updated: relativeSpan.optional(),
    started: relativeSpan.optional(),
    completed: relativeSpan.optional(),
  })
  .refine(
    (filter) => Object.values(filter).some((given) => given !== undefined),
    'must give at least one of sessionIds, userIds, activityIds, statuses, updated, started, completed: nothing selects every session',
  );
export type RelativeFilter = Readonly<z.infer<typeof relativeFilterSchema>>;

/** What it selects at a moment, in ms: the same moment gives the same filter. */
export function filterAt({ updated, started, completed, ...others }: RelativeFilter, moment: number): SessionFilter {
  const spans = {
    updated: spanAt(updated, moment),
    started: spanAt(started, moment),
    completed: spanAt(completed, moment),
  };
  const given = Object.entries({ ...others, ...spans }).filter(([, part]) => part !== undefined);
  return sessionFilterSchema.parse(Object.fromEntries(given));
}

function spanAt(span: RelativeFilter['completed'], moment: number): SessionFilter['completed'] {
  if (span === undefined) return undefined;
  const at = (duration: string): string => new Date(momentBefore(moment, duration)).toISOString();
  return {
    ...(span.newerThan !== undefined && { from: at(span.newerThan) }),
    ...(span.olderThan !== undefined && { to: at(span.olderThan) }),
  };
}
