import { foundNothing, type LegalHoldView } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { ago, counted, utc } from '../pages/wording.ts';

/** On what a hold is. Activities are named, learners and sessions never: a page is no place for their ids. */
export function onWords({ on, sessions, activityId = '' }: LegalHoldView): string {
  if (on === 'sessions') return counted(sessions, 'session');
  return on === 'user' ? 'a learner' : `the activity ${activityId}`;
}

/** As of when its sessions are known, and what that waits for; or that they are let go. */
export function foundWords(hold: LegalHoldView, now: number): Html {
  const { on, resolvedAt, waiting, liftedAt } = hold;
  if (liftedAt !== undefined) return html`<span class="pill warn">being lifted</span>`;
  if (on === 'sessions') return html`named one by one`;
  if (resolvedAt === undefined) {
    return html`<span class="pill ${waiting === undefined ? 'busy' : 'bad'}">${waiting === undefined ? 'being found' : 'not known yet'}</span>`;
  }
  const none = foundNothing(hold) ? html` <span class="pill warn">none found</span>` : undefined;
  const late = waiting === undefined ? undefined : html` <span class="pill warn">waits</span>`;
  return html`<time datetime="${resolvedAt}" title="${utc(resolvedAt)}">${ago(now - Date.parse(resolvedAt))}</time>${none}${late}`;
}

/** Its sessions are not all known, or are let go: the page is worth looking at again. */
export function isChanging({ on, resolvedAt, waiting, liftedAt }: LegalHoldView): boolean {
  if (liftedAt !== undefined) return true;
  return on !== 'sessions' && (resolvedAt === undefined || waiting !== undefined);
}
