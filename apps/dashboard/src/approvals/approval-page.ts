import type { RequestView } from '@session-queue/core';
import { type KeptBackFor, keptBackFor } from '@session-queue/core/engine';
import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { ago, count, fromNow, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { approvalPath, approvalTitles } from './approval-path.ts';
import type { ApprovalList } from './read-approvals.ts';

const refreshSeconds = 10;

/** Deletions that wait for a second person, or in which somebody may still change their mind. */
export function approvalPage(list: ApprovalList, account: Account): string {
  const title = approvalTitles[list.what];
  return layout({
    title,
    account,
    current: 'approvals',
    refreshSeconds,
    main: html`<section class="card" id="approvals" data-part aria-labelledby="approvals-title">
<h1 id="approvals-title">${title}</h1>
<p class="ways tabs">${keptBackFor.map((what) => wayTo(what, list.what))}</p>
<p>${meanings[list.what]}</p>
${list.requests.length === 0 ? html`<p class="empty">${empty[list.what]}</p>` : table(list)}
${list.isCut ? html`<p class="more">These are the first ${count(list.requests.length)}; session-queue list --state ${list.what === 'approval' ? 'waiting' : 'accepted'} --kind deletion --all has all of them.</p>` : undefined}
</section>
<p class="as-of" id="as-of" data-part>As of ${utc(new Date(list.readAt).toISOString())}</p>`,
  });
}

const meanings = {
  approval: 'Nothing of them is sent until somebody else than who asked approves. That is done on the page of each.',
  'hold-window':
    'They begin by themselves when their window ends. Until then each can be revoked on its page, with nothing sent.',
} as const satisfies Record<KeptBackFor, string>;

const empty = {
  approval: 'No deletion waits for approval.',
  'hold-window': 'No deletion is in its hold window.',
} as const satisfies Record<KeptBackFor, string>;

function wayTo(what: KeptBackFor, current: KeptBackFor): Html {
  return html`<a href="${approvalPath(what)}"${what === current ? html` aria-current="page"` : undefined}>${approvalTitles[what]}</a> `;
}

function table({ requests, what, readAt }: ApprovalList): Html {
  return html`<div class="scroll" role="group" aria-label="${approvalTitles[what]}" tabindex="0"><table class="cards">
<caption class="unseen">${approvalTitles[what]}, ${what === 'approval' ? 'those asked for first' : 'those that begin first'}</caption>
<thead><tr><th scope="col">Request</th><th scope="col">Consumer</th><th scope="col" class="number">Items</th><th scope="col">Asked by</th>
<th scope="col">Why</th><th scope="col">Asked</th>${what === 'hold-window' ? html`<th scope="col">Begins</th>` : undefined}</tr></thead>
<tbody>${requests.map((request) => row(request, what, readAt))}</tbody>
</table></div>`;
}

function row(request: RequestView, what: KeptBackFor, now: number): Html {
  const { id, consumer, counts, requestedBy, keyName, reason, createdAt, startsAt } = request;
  return html`<tr>
<td data-label="Request"><a class="id" href="${requestPath(id)}" title="${id}">${id}</a></td>
<td data-label="Consumer"><span class="name">${consumer}</span></td>
<td data-label="Items" class="number">${count(counts.total)}</td>
<td data-label="Asked by">${requestedBy ?? keyName ?? '–'}</td>
<td data-label="Why">${reason ?? '–'}</td>
<td data-label="Asked"><time datetime="${createdAt}" title="${utc(createdAt)}">${ago(now - Date.parse(createdAt))}</time></td>
${what === 'hold-window' ? html`<td data-label="Begins">${startsAt === undefined ? '–' : html`<time datetime="${startsAt}">${utc(startsAt)}</time> <small class="below">${fromNow(Date.parse(startsAt) - now)}</small>`}</td>` : undefined}
</tr>`;
}
