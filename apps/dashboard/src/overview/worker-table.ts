import type { SeenWorker } from '@session-queue/core/engine';
import { type Html, html } from '../pages/html.ts';
import { ago, count, duration, utc } from '../pages/wording.ts';
import type { Overview } from './overview.ts';

const mostRows = 50;

/** The workers that were heard of within the hour: where, which version, since when, and when last. */
export function workerTable({ workers, readAt }: Overview): Html {
  if (workers.length === 0) {
    return html`<p class="empty">No worker has been heard of within the hour. Requests are kept, and nothing is sent until one starts.</p>`;
  }
  const more = workers.length - mostRows;
  return html`<div class="scroll" role="group" aria-label="Workers" tabindex="0"><table class="cards">
<caption class="unseen">Workers heard of within the hour</caption>
<thead><tr><th scope="col">Host</th><th scope="col">State</th><th scope="col">Version</th><th scope="col">Node.js</th>
<th scope="col" class="number">Running for</th><th scope="col" class="number">Last sign of life</th></tr></thead>
<tbody>${workers.slice(0, mostRows).map((worker) => workerRow(worker, readAt))}</tbody>
</table></div>
${more > 0 ? html`<p class="more">and ${count(more)} more</p>` : undefined}`;
}

function workerRow({ host, pid, version, node, startedAt, seenAt, isAlive }: SeenWorker, now: number): Html {
  return html`<tr>
<th scope="row" data-label="Host"><span class="name">${host}</span> <small>process ${String(pid)}</small></th>
<td data-label="State">${isAlive ? html`<span class="pill good">alive</span>` : html`<span class="pill bad">gone</span>`}</td>
<td data-label="Version">${version}</td>
<td data-label="Node.js">${node}</td>
<td data-label="Running for" class="number"><time datetime="${startedAt}" title="${utc(startedAt)}">${isAlive ? duration(now - Date.parse(startedAt)) : '–'}</time></td>
<td data-label="Last sign of life" class="number">${ago(now - seenAt)}</td>
</tr>`;
}
