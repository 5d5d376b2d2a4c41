import type { LegalHoldView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { holdLift, placeHoldLink } from '../actions/action-links.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { ago, count, utc } from '../pages/wording.ts';
import { holdPath } from './hold-path.ts';
import { foundWords, onWords } from './hold-words.ts';

const refreshSeconds = 10;

export interface HoldListView {
  holds: readonly LegalHoldView[];
  /** So many are not shown. */
  more: number;
  /** Whose are shown; everybody's when absent. */
  consumer: string | undefined;
  account: Account;
  /** Ms of Redis's clock. */
  now: number;
  /** What has just been done. */
  notice: Html | undefined;
}

/** What is never deleted, by whom and why, the newest first. */
export function holdListPage({ holds, more, consumer, account, now, notice }: HoldListView): string {
  return layout({
    title: 'Legal holds',
    account,
    current: 'legal-holds',
    refreshSeconds,
    main: html`${notice}<section class="card" aria-labelledby="holds-title">
<header><h1 id="holds-title">Legal holds</h1>${placeHoldLink(account, consumer)}</header>
<p>What is held is never sent for deletion, whoever asks and however: its item fails with the code legal_hold, until every hold on it is lifted.</p>
${filterForm(consumer)}
<div id="holds" data-part>${holds.length === 0 ? empty(consumer) : table(holds, account, now)}
${more === 0 ? undefined : html`<p class="more">and ${count(more)} older ones: search for a consumer, or look at all of its holds by session-queue legal-hold list.</p>`}</div>
</section>`,
  });
}

function filterForm(consumer = ''): Html {
  return html`<form class="filter" action="/legal-holds" role="search" aria-label="Legal holds">
<div><label for="consumer">Consumer</label>
<input id="consumer" name="consumer" value="${consumer}" maxlength="64" autocomplete="off" spellcheck="false"></div>
<button class="quiet">Show</button>${consumer === '' ? undefined : html` <a href="/legal-holds">Show all</a>`}
</form>`;
}

function empty(consumer: string | undefined): Html {
  return html`<p class="empty">${consumer === undefined ? 'Nothing is under a legal hold.' : `Nothing of ${consumer} is under a legal hold.`}</p>`;
}

function table(holds: readonly LegalHoldView[], account: Account, now: number): Html {
  return html`<div class="scroll" role="group" aria-label="Holds" tabindex="0"><table class="cards">
<caption class="unseen">The newest first</caption>
<thead><tr><th scope="col">On</th><th scope="col">Consumer</th><th scope="col" class="number">Sessions</th><th scope="col">Known as of</th><th scope="col">Placed</th><th scope="col">Why</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
<tbody>${holds.map((hold) => row(hold, account, now))}</tbody>
</table></div>`;
}

function row(hold: LegalHoldView, account: Account, now: number): Html {
  const { id, consumer, sessions, reason, by, createdAt } = hold;
  return html`<tr>
<td data-label="On"><a href="${holdPath(id)}">${onWords(hold)}</a> <small class="below"><span class="id">${id}</span></small></td>
<td data-label="Consumer">${consumer}</td>
<td data-label="Sessions" class="number">${count(sessions)}</td>
<td data-label="Known as of">${foundWords(hold, now)}</td>
<td data-label="Placed"><time datetime="${createdAt}" title="${utc(createdAt)}">${ago(now - Date.parse(createdAt))}</time>${by === undefined ? undefined : html` <small class="below">by ${by}</small>`}</td>
<td data-label="Why">${reason}</td>
<td>${holdLift(hold, account)}</td>
</tr>`;
}
