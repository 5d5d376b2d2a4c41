import { finalStates, type RequestView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { counted } from '../pages/wording.ts';

/** What an admin can do about a request. */
export function requestForms(request: RequestView, account: Account): Html | undefined {
  return account.role === 'admin' && canRetry(request) ? retryForm(request) : undefined;
}

/** A refused request has nothing to send again: its items were not kept. */
function canRetry({ state, counts, error }: RequestView): boolean {
  return finalStates.has(state) && counts.failed > 0 && error === undefined;
}

function retryForm({ id, counts }: RequestView): Html {
  return html`<form class="retry" method="post" action="/actions/retry">
<input type="hidden" name="id" value="${id}">
<button class="primary">Retry ${counted(counts.failed, 'failed item')}</button>
<span>Only these are sent again.</span>
</form>`;
}
