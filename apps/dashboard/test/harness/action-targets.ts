import { queueNames, type RequestView } from '@session-queue/core';
import { requestView } from './request-views.ts';

export const consumer = 'school-a';
/** The id that the form of a deletion gives its request. */
export const chosenRequest = '88336e4c-04de-4274-ae31-39957b230f98';
/** The id that the form of a legal hold gives it. */
export const placedHold = 'a3c1d0de-55a5-4d2f-8a43-3e2b6f0c9a51';
/** The id that the form of a selection gives it. */
export const madeSelection = '5d0c2f3a-7be1-4c55-9a3e-0f4d8c6b7a12';
/** What each action is done on. */
export const targets = {
  hold: { id: 'open' },
  release: { id: 'open' },
  approve: { id: 'waits' },
  revoke: { id: 'waits', confirmed: 'yes' },
  cancel: { id: 'open', confirmed: 'yes' },
  retry: { id: 'failed' },
  select: { selection: madeSelection, consumer, users: 'private-learner', statuses: 'Completed' },
  'cancel-selection': { id: 'walking' },
  'delete-selection': { id: 'chosen', digest: 'ab'.repeat(32), count: '1250', request: chosenRequest, typed: '1,250' },
  pause: { queue: queueNames.deletion.requests },
  resume: { queue: queueNames.deletion.requests },
  'disable-rule': { rule: 'on' },
  'enable-rule': { rule: 'off' },
  'place-hold': { hold: placedHold, consumer, on: 'sessions', ids: 'private-1\r\nprivate-2\r\n' },
  'lift-hold': { id: 'held', confirmed: 'yes' },
  'stop-lane': { consumer, kind: 'deletion' },
  'start-lane': { consumer, kind: 'deletion' },
  'stop-kind': { kind: 'deletion' },
  'start-kind': { kind: 'deletion' },
} as const;
export const actions = Object.keys(targets) as (keyof typeof targets)[];
/** The same as the audit log names it. */
export const names: Record<keyof typeof targets, string> = {
  hold: 'open',
  release: 'open',
  approve: 'waits',
  revoke: 'waits',
  cancel: 'open',
  retry: 'failed',
  select: madeSelection,
  'cancel-selection': 'walking',
  'delete-selection': 'chosen',
  pause: queueNames.deletion.requests,
  resume: queueNames.deletion.requests,
  'disable-rule': 'on',
  'enable-rule': 'off',
  'place-hold': placedHold,
  'lift-hold': 'held',
  'stop-lane': `${consumer} deletion`,
  'start-lane': `${consumer} deletion`,
  'stop-kind': 'deletion',
  'start-kind': 'deletion',
};

/** The requests that actions are done on, as they are before, and some on which nothing can be done. */
export function targetRequests(): RequestView[] {
  return [
    requestView({ id: 'open', counts: { total: 2, pending: 2 } }),
    requestView({ id: 'waits', state: 'waiting', counts: { total: 2, pending: 2 } }),
    requestView({ id: 'failed', state: 'failed', counts: { total: 200, failed: 200 } }),
    requestView({ id: 'ended', state: 'completed', counts: { total: 1, succeeded: 1 } }),
    requestView({ id: 'refused', state: 'failed', error: 'the list is empty', counts: { total: 5, failed: 5 } }),
  ];
}
