import { type DeadlineState, deadlineStates, type RequestView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { countsBar } from '../pages/counts-bar.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { statePill } from '../pages/state-pill.ts';
import { count, counted, fromNow, percent, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { deadlinePath, deadlineTitles } from './deadline-path.ts';
import type { DeadlineList } from './read-deadlines.ts';

/** Open requests that are at risk of missing their deadline, or have missed it, the earliest deadline first. */
export function deadlinePage(list: DeadlineList, account: Account): string {
  const title = deadlineTitles[list.deadline];
  return layout({
    title,
    account,
    current: 'deadlines',
    main: html`<section class="card" aria-labelledby="deadlines-title">
<h1 id="deadlines-title">${title}</h1>
<p class="ways tabs">${deadlineStates.map((state) => wayTo(state, list.deadline))}</p>
${list.requests.length === 0 ? html`<p class="empty">${empty[list.deadline]}</p>` : table(list)}
${list.isCut ? html`<p class="more">These are the first ${count(list.requests.length)}; session-queue list --deadline ${list.deadline} --all has all of them.</p>` : undefined}
</section>
<p class="as-of">As of ${utc(new Date(list.readAt).toISOString())}</p>`,
  });
}

const empty = {
  'at-risk': 'No open request is at risk of missing its deadline.',
  missed: 'No open request is behind its deadline.',
} as const satisfies Record<DeadlineState, string>;

function wayTo(state: DeadlineState, current: DeadlineState): Html {
  return html`<a href="${deadlinePath(state)}"${state === current ? html` aria-current="page"` : undefined}>${deadlineTitles[state]}</a> `;
}

function table({ requests, deadline, readAt }: DeadlineList): Html {
  return html`<div class="scroll" role="group" aria-label="${deadlineTitles[deadline]}" tabindex="0"><table class="cards">
<caption class="unseen">${deadlineTitles[deadline]}</caption>
<thead><tr><th scope="col">Request</th><th scope="col">Kind</th><th scope="col">Consumer</th><th scope="col">State</th>
<th scope="col" class="wide">Items</th><th scope="col" class="number">To go</th><th scope="col">Deadline</th></tr></thead>
<tbody>${requests.map((request) => row(request, readAt))}</tbody>
</table></div>`;
}

function row({ id, kind, consumer, state, counts, deadline = '' }: RequestView, now: number): Html {
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  return html`<tr>
<td data-label="Request"><a class="id" href="${requestPath(id)}" title="${id}">${id}</a></td>
<td data-label="Kind">${kind}</td>
<td data-label="Consumer"><span class="name">${consumer}</span></td>
<td data-label="State">${statePill(state)}</td>
<td data-label="Items" class="wide">${countsBar(counts)}<span class="share">${percent(ended, counts.total)}</span></td>
<td data-label="To go" class="number">${counted(counts.total - ended, 'item')}</td>
<td data-label="Deadline"><time datetime="${deadline}">${utc(deadline)}</time> <small class="below">${fromNow(Date.parse(deadline) - now)}</small></td>
</tr>`;
}
