import type { SessionFilter } from '@session-queue/core';
import { count, counted, utc } from '../pages/wording.ts';

/** So many activities are named; the others are counted. */
const mostNamed = 5;

type Span = { from?: string | undefined; to?: string | undefined };

/** What a filter selects, part by part. Learners and sessions are counted and never named: a page is no place for their ids. */
export function filterWords(filter: SessionFilter): string[] {
  return partWords(filter, activityWords);
}

/** The same without a single id, for what is kept for long: activities are counted as well. */
export function countedFilterWords(filter: SessionFilter): string[] {
  return partWords(filter, countedActivities);
}

function countedActivities({ length }: readonly string[]): string {
  return length === 1 ? 'of 1 activity' : `of ${count(length)} activities`;
}

function partWords(filter: SessionFilter, ofActivities: (activities: readonly string[]) => string): string[] {
  const { sessionIds, userIds, activityIds, statuses, updated, started, completed } = filter;
  return [
    sessionIds && `among ${counted(sessionIds.length, 'session id')}`,
    userIds && `of ${counted(userIds.length, 'learner')}`,
    activityIds && ofActivities(activityIds),
    statuses && `with status ${statuses.join(' or ')}`,
    updated && `updated ${within(updated)}`,
    started && `started ${within(started)}`,
    completed && `completed ${within(completed)}`,
  ].filter((words) => words !== undefined);
}

/** 'of the activity maths-2023' */
export function activityWords(activities: readonly string[]): string {
  return `of ${activities.length === 1 ? 'the activity' : 'the activities'} ${named(activities)}`;
}

function named(activities: readonly string[]): string {
  const more = activities.length - mostNamed;
  return `${activities.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}`;
}

function within({ from, to }: Span): string {
  const bounds = [from && `after ${utc(from)}`, to && `before ${utc(to)}`];
  return bounds.filter((bound) => bound !== undefined).join(' and ');
}
