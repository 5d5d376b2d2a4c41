import type { RequestView } from '@session-queue/core';
import { countsBar } from '../pages/counts-bar.ts';
import { type Html, html } from '../pages/html.ts';
import { statePill } from '../pages/state-pill.ts';
import { ago, count, percent, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';

/** The latest requests, each with where its items are. */
export function requestList(requests: readonly RequestView[], now: number): Html {
  if (requests.length === 0) {
    return html`<p class="empty">No request yet. Services ask through the producer, the command line or BullMQ.</p>`;
  }
  return html`<div class="scroll" role="group" aria-label="Latest requests" tabindex="0"><table class="cards">
<caption class="unseen">The latest requests</caption>
<thead><tr><th scope="col">Request</th><th scope="col">Kind</th><th scope="col">Consumer</th><th scope="col">State</th>
<th scope="col" class="wide">Items</th><th scope="col" class="number">Total</th><th scope="col" class="number">Asked</th></tr></thead>
<tbody>${requests.map((request) => requestRow(request, now))}</tbody>
</table></div>`;
}

function requestRow(request: RequestView, now: number): Html {
  const { id, kind, consumer, state, counts, createdAt } = request;
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  return html`<tr>
<td data-label="Request"><a class="id" href="${requestPath(id)}" title="${id}">${id}</a></td>
<td data-label="Kind">${kind}</td>
<td data-label="Consumer"><span class="name">${consumer}</span></td>
<td data-label="State">${statePill(state)}${request.laneStopped === undefined ? undefined : html` <span class="pill bad">lane stopped</span>`}</td>
<td data-label="Items" class="wide">${countsBar(counts)}<span class="share">${percent(ended, counts.total)}</span></td>
<td data-label="Total" class="number">${count(counts.total)}</td>
<td data-label="Asked" class="number"><time datetime="${createdAt}" title="${utc(createdAt)}">${ago(now - Date.parse(createdAt))}</time></td>
</tr>`;
}
