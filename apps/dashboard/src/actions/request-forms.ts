import { finalStates, type RequestView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { counted } from '../pages/wording.ts';
import { type ActionName, mayDo } from './action.ts';
import { actionLink } from './action-link.ts';

/** What can be done about a request, in its state. */
export function requestForms(request: RequestView, account: Account): Html | undefined {
  const possible = possibleFor(request);
  if (possible.length === 0 || !mayDo(account.role, 'operator')) return undefined;
  const retry = `Retry ${counted(request.counts.failed, 'failed item')}`;
  return html`<div class="forms">${possible.map((name) =>
    name === 'retry'
      ? actionLink(name, { id: request.id }, account, retry)
      : actionLink(name, { id: request.id }, account),
  )}</div>`;
}

function possibleFor({ state, counts, error }: RequestView): ActionName[] {
  // A refused request has nothing to send again: its items were not kept.
  if (finalStates.has(state)) return counts.failed > 0 && error === undefined ? ['retry'] : [];
  if (state === 'receiving') return [];
  return state === 'held' ? ['release', 'cancel'] : ['hold', 'cancel'];
}
