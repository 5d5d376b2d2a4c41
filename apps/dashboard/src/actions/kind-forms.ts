import { queueNames } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import type { KindState } from '../overview/overview.ts';
import { type Html, html } from '../pages/html.ts';

/** What an admin can do about a kind: the switches of its two queues. */
export function kindForms({ kind, isIntakePaused, isSendingPaused }: KindState, account: Account): Html | undefined {
  if (account.role !== 'admin') return undefined;
  const { requests, batches } = queueNames[kind];
  return html`<div class="forms">${pauseForm(requests, 'intake', isIntakePaused)}${pauseForm(batches, 'sending', isSendingPaused)}</div>`;
}

function pauseForm(queue: string, what: string, isPaused: boolean): Html {
  const action = isPaused ? 'resume' : 'pause';
  const label = isPaused ? `Resume ${what}` : `Pause ${what}`;
  return html`<form method="post" action="/actions/${action}"><input type="hidden" name="queue" value="${queue}"><button class="${isPaused ? 'primary' : 'quiet'}">${label}</button></form>`;
}
