import type { LegalHoldView } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { ago, counted, utc } from '../pages/wording.ts';

/** On what a hold is. Activities are named, learners and sessions never: a page is no place for their ids. */
export function onWords({ on, sessions, activityId = '' }: LegalHoldView): string {
  if (on === 'sessions') return counted(sessions, 'session');
  return on === 'user' ? 'a learner' : `the activity ${activityId}`;
}

/** As of when its sessions are known, and what that waits for. */
export function foundWords({ on, resolvedAt, waiting }: LegalHoldView, now: number): Html {
  if (on === 'sessions') return html`named one by one`;
  if (resolvedAt === undefined) {
    return html`<span class="pill ${waiting === undefined ? 'busy' : 'bad'}">${waiting === undefined ? 'being found' : 'not known yet'}</span>`;
  }
  const late = waiting === undefined ? undefined : html` <span class="pill warn">waits</span>`;
  return html`<time datetime="${resolvedAt}" title="${utc(resolvedAt)}">${ago(now - Date.parse(resolvedAt))}</time>${late}`;
}

/** Its sessions are not all known: the page is worth looking at again. */
export function isBeingFound({ on, resolvedAt, waiting }: LegalHoldView): boolean {
  return on !== 'sessions' && (resolvedAt === undefined || waiting !== undefined);
}
