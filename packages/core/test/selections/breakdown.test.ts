import { describe, expect, test } from '@jest/globals';
import { maxBreakdownValues, meantBreakdown, narrowedFilter } from '../../src/selections/breakdown.ts';
import { selectionInputSchema } from '../../src/selections/selection.ts';

const times = { completed: { to: '2024-01-01T00:00:00Z' } };
const many = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`);

function faultsOf(filter: object, breakdown: object): string[] {
  const { error } = selectionInputSchema.safeParse({ filter, breakdown });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('a breakdown', () => {
  test.each([
    [{ by: 'status' }, times],
    [{ by: 'status', values: ['Completed', 'Pending Scoring'] }, times],
    [{ by: 'activityId', values: ['a1'] }, times],
    [{ by: 'userId' }, { userIds: ['u1', 'u2'] }],
    [{ by: 'activityId', values: many(maxBreakdownValues) }, times],
  ])('%j of %j is one', (breakdown, filter) => {
    expect(faultsOf(filter, breakdown)).toEqual([]);
  });

  test.each([
    [{ by: 'mood' }, times, 'breakdown.by must be one of status, activityId, userId'],
    [{ by: 'activityId' }, times, 'breakdown.values is required: the filter names no activityIds'],
    [{ by: 'userId' }, { activityIds: ['a1'] }, 'breakdown.values is required: the filter names no userIds'],
    [{ by: 'status', values: ['Done'] }, times, 'breakdown.values must be of Incomplete, Completed, Discarded'],
    [{ by: 'userId', values: [] }, times, 'breakdown.values must name at least one'],
    [{ by: 'userId', values: ['u', 'u'] }, times, 'breakdown.values must name each value once'],
    [{ by: 'userId', values: [''] }, times, 'breakdown.values.0 must not be empty'],
    [{ by: 'activityId', values: many(101) }, times, 'must name at most 100: each takes a walk of its own'],
    [{ by: 'activityId' }, { activityIds: many(101) }, 'each takes a walk of its own, and the filter names 101'],
  ])('%j of %j is none', (breakdown, filter, said) => {
    expect(faultsOf(filter, breakdown)).toEqual([expect.stringContaining(said)]);
  });

  test('without values is by those of the filter, each once, and by all statuses where it names none', () => {
    expect(meantBreakdown({ by: 'userId' }, { userIds: ['b', 'a', 'b'] }).values).toEqual(['b', 'a']);
    expect(meantBreakdown({ by: 'status' }, { statuses: ['Discarded'] }).values).toEqual(['Discarded']);
    expect(meantBreakdown({ by: 'status' }, times).values).toEqual([
      'Incomplete',
      'Completed',
      'Discarded',
      'Pending Scoring',
    ]);
    expect(meantBreakdown({ by: 'status', values: ['Completed'] }, { statuses: ['Discarded'] }).values).toEqual([
      'Completed',
    ]);
  });

  test('narrows the filter to what both select, and walks nothing that it excludes', () => {
    const filter = { activityIds: ['a1', 'a2'], ...times };
    expect(narrowedFilter(filter, 'activityId', 'a2')).toEqual({ activityIds: ['a2'], ...times });
    expect(narrowedFilter(filter, 'activityId', 'a3')).toBeUndefined();
    expect(narrowedFilter(filter, 'status', 'Completed')).toEqual({ ...filter, statuses: ['Completed'] });
    expect(narrowedFilter(filter, 'userId', 'u1')).toEqual({ ...filter, userIds: ['u1'] });
  });
});
