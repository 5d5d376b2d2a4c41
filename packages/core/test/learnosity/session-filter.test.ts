import { describe, expect, test } from '@jest/globals';
import { sessionFilterSchema } from '../../src/learnosity/session-filter.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
const from = '2026-06-01T00:00:00Z';
const to = '2026-06-30T23:59:59+02:00';

function faultsOf(filter: unknown): string[] {
  const { error } = sessionFilterSchema.safeParse(filter);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a filter of sessions', () => {
  test.each([
    [{ sessionIds: many(1000) }],
    [{ userIds: ['u'], activityIds: ['a'], statuses: ['Pending Scoring'] }],
    [{ updated: { from } }],
    [{ started: { from, to }, completed: { to: '2026-06-01T00:00:00.000Z' } }],
    [{ started: { from, to: from } }],
  ])('is taken as it is given (%#)', (filter) => {
    expect(sessionFilterSchema.parse(filter)).toEqual(filter);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', {}, /^: must give at least one of sessionIds, userIds/],
    ['only what is undefined', { userIds: undefined }, /^: must give at least one/],
    ['a misspelt name', { statuses: ['Completed'], userId: ['u'] }, /Unrecognized key: "userId"/],
    ['an empty list', { userIds: [] }, /^userIds: must name at least one/],
    ['a text for a list', { userIds: 'u' }, /^userIds: must be a list/],
    ['1,001 ids', { sessionIds: many(1001) }, /^sessionIds: must name at most 1,000/],
    ['an empty id', { sessionIds: ['a', ''] }, /^sessionIds\.1: must not be empty/],
    ['an id that no deletion takes', { sessionIds: ['a\n'] }, /^sessionIds\.0: must hold no control characters/],
    ['a number', { activityIds: [7] }, /^activityIds\.0: must be a string/],
    ['half a character', { userIds: ['\ud800'] }, /^userIds\.0: must be well-formed Unicode/],
    ['a long value', { userIds: ['u'.repeat(256)] }, /^userIds\.0: must be at most 255 characters/],
    ['an unknown status', { statuses: ['Done'] }, /^statuses\.0: must be one of Incomplete, Completed/],
    ['a span without ends', { started: {} }, /^started: must have from, to or both/],
    ['a span that ends before it begins', { started: { from: to, to: from } }, /^started: from must not be after to/],
    ['a misspelt end', { started: { from, until: to } }, /Unrecognized key: "until"/],
    ['a time without offset', { updated: { from: '2026-06-01T00:00:00' } }, /^updated\.from: must be a time such as/],
    ['a UNIX time', { updated: { from: 1_780_000_000 } }, /^updated\.from: must be a time such as/],
    ['a part of a second', { completed: { to: '2026-06-01T00:00:00.5Z' } }, /^completed\.to: must be a whole second/],
  ])('of %s is refused, with the place and the reason', (_, filter, reason) => {
    const faults = faultsOf(filter);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });

  test('does not repeat what it refuses', () => {
    const faults = faultsOf({ sessionIds: ['secret\n'], userIds: ['secret'.repeat(99)], statuses: ['secret'] });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('secret');
  });
});
