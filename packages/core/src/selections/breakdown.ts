import { z } from 'zod';
import { outsideId, type SessionFilter, sessionStatuses } from '../learnosity/session-filter.ts';

/** What a selection can be broken down by: Learnosity's answers name none of it, so that each value takes a walk of its own. */
export const breakdownDimensions = ['status', 'activityId', 'userId'] as const;
export type BreakdownDimension = (typeof breakdownDimensions)[number];

/** Where in a filter its values stand. */
const partOf = { status: 'statuses', activityId: 'activityIds', userId: 'userIds' } as const;

/** Most values of one breakdown: each takes a call at least, and one byte names them beside each session. */
export const maxBreakdownValues = 100;

const mostSaid = `must name at most ${maxBreakdownValues}: each takes a walk of its own`;

export const breakdownSchema = z
  .strictObject({
    by: z
      .enum(breakdownDimensions, `must be one of ${breakdownDimensions.join(', ')}`)
      .meta({ description: 'What to tell apart' }),
    values: z
      .array(outsideId, 'must be a list')
      .min(1, 'must name at least one')
      .max(maxBreakdownValues, mostSaid)
      .refine((values) => new Set(values).size === values.length, 'must name each value once')
      .optional()
      .meta({
        description:
          'The values, each a walk of its own. When absent those that the filter names; of status, where it names none, all that Learnosity knows',
      }),
  })
  .refine(({ by, values = [] }) => by !== 'status' || values.every(isStatus), {
    path: ['values'],
    error: `must be of ${sessionStatuses.join(', ')}`,
  });
export type BreakdownInput = z.infer<typeof breakdownSchema>;

function isStatus(value: string): boolean {
  return sessionStatuses.some((status) => status === value);
}

/** A breakdown as it is kept and walked: value by value. */
export interface Breakdown {
  by: BreakdownDimension;
  values: readonly string[];
}

/** With the values that are meant where none are named; none at all where nothing says which. */
export function meantBreakdown({ by, values }: BreakdownInput, filter: SessionFilter): Breakdown {
  const named = filter[partOf[by]] ?? (by === 'status' ? sessionStatuses : []);
  return { by, values: values ?? [...new Set(named)] };
}

/** Why a filter does not say the values of a breakdown that names none. */
export function breakdownFault(input: BreakdownInput, filter: SessionFilter): string | undefined {
  if (input.values !== undefined) return undefined;
  const { length } = meantBreakdown(input, filter).values;
  if (length === 0) return `is required: the filter names no ${partOf[input.by]}`;
  return length > maxBreakdownValues ? `${mostSaid}, and the filter names ${length}` : undefined;
}

/** The filter with this value alone; `undefined` where it excludes the value, and nothing is to be walked. */
export function narrowedFilter(
  filter: SessionFilter,
  by: BreakdownDimension,
  value: string,
): SessionFilter | undefined {
  const part = partOf[by];
  const named: readonly string[] | undefined = filter[part];
  if (named !== undefined && !named.includes(value)) return undefined;
  return { ...filter, [part]: [value] };
}
