import type { RequestView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { countsBar } from '../pages/counts-bar.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { statePill } from '../pages/state-pill.ts';
import { count, duration, percent, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { requestSearch } from '../requests/request-search.ts';
import { kindCard } from './kind-card.ts';
import type { Overview } from './overview.ts';

/** The first page: what is going on, and where. */
export function overviewPage(overview: Overview, account: Account): string {
  return layout({
    title: 'Overview',
    account,
    current: 'overview',
    refreshSeconds: 5,
    main: html`<h1 class="unseen">Overview</h1>
${requestSearch()}
<div data-live>
${overview.kinds.map(({ kind, stopped }) =>
  stopped === undefined
    ? undefined
    : html`<p class="banner warn" role="status"><strong>Every ${kind} is stopped</strong> over all consumers: ${stopped}</p>`,
)}
<div class="kinds">
${overview.kinds.map((kind) => kindCard(kind, account))}
</div>
${requestList(overview.requests, overview.readAt)}
${consumerList(overview.consumers)}
<p class="as-of">As of ${utc(overview.readAt.toISOString())}</p>
</div>`,
  });
}

function requestList(requests: readonly RequestView[], now: Date): Html {
  return html`<section class="card">
<h2>Latest requests</h2>
${
  requests.length === 0
    ? html`<p class="empty">No request yet. Services ask through the producer, the command line or BullMQ.</p>`
    : html`<div class="scroll"><table>
<thead><tr><th scope="col">Request</th><th scope="col">Kind</th><th scope="col">Consumer</th><th scope="col">State</th>
<th scope="col" class="wide">Items</th><th scope="col" class="number">Total</th><th scope="col" class="number">Asked</th></tr></thead>
<tbody>${requests.map((request) => requestRow(request, now))}</tbody>
</table></div>`
}
</section>`;
}

function requestRow(request: RequestView, now: Date): Html {
  const { id, kind, consumer, state, counts, createdAt } = request;
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  const age = duration(now.getTime() - Date.parse(createdAt));
  return html`<tr>
<td><a class="id" href="${requestPath(id)}" title="${id}">${id}</a></td>
<td>${kind}</td>
<td>${consumer}</td>
<td>${statePill(state)}${request.laneStopped === undefined ? undefined : html` <span class="pill bad">lane stopped</span>`}</td>
<td class="wide">${countsBar(counts)}<span class="share">${percent(ended, counts.total)}</span></td>
<td class="number">${count(counts.total)}</td>
<td class="number"><time datetime="${createdAt}" title="${utc(createdAt)}">${age} ago</time></td>
</tr>`;
}

function consumerList(consumers: readonly string[]): Html {
  return html`<section class="card">
<h2>Consumers that workers know</h2>
${
  consumers.length === 0
    ? html`<p class="empty">No worker has announced a consumer. Requests are kept, and nothing is sent until one does.</p>`
    : html`<ul class="chips">${consumers.map((name) => html`<li>${name}</li>`)}</ul>`
}
</section>`;
}
