import { queueNames } from '@session-queue/core';
import type { Batch } from '@session-queue/core/engine';
import type { Account } from '../accounts/account.ts';
import { boardJobPath } from '../board/board-path.ts';
import { recordedBatchName } from '../board/job-names.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { count, counted } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { batchPath } from './batch-path.ts';

const refreshSeconds = 5;
const over: ReadonlySet<Batch['state']> = new Set(['settled', 'split']);

/**
 * How far one call to Learnosity is, and whose items it carries. Never which items (invariant 9). The first card is kept up to date until the
 * batch is over; the second never changes, since a batch's members are fixed at its claim (invariant 4).
 */
export function batchPage(batch: Batch, account: Account): string {
  return layout({
    title: `Batch ${batch.id}`,
    account,
    refreshSeconds: over.has(batch.state) ? undefined : refreshSeconds,
    main: html`<article class="card" id="batch" data-part>
<header><h1>${recordedBatchName(batch)}</h1></header>
<p class="id whole">${batch.id}</p>
${facts(batch)}
</article>
<section class="card">
<h2>Its requests</h2>
<p class="more">Fixed when the batch was made.</p>
${requests(batch)}
</section>`,
  });
}

function facts(batch: Batch): Html {
  const { kind, consumer, attempts, reference, lastCode, lastMessage, children, outcome } = batch;
  const parts = Object.entries(outcome).filter(([, amount]) => amount > 0);
  return html`<dl class="facts">
<div><dt>Kind</dt><dd>${kind}</dd></div>
<div><dt>Consumer</dt><dd>${consumer}</dd></div>
<div><dt>Sent</dt><dd>${attempts === 0 ? 'not yet' : counted(attempts, 'time')}</dd></div>
${reference === undefined ? undefined : html`<div><dt>Job at Learnosity</dt><dd>${reference}</dd></div>`}
${parts.length === 0 ? undefined : html`<div><dt>Outcome</dt><dd>${parts.map(([name, amount]) => `${count(amount)} ${name}`).join(', ')}</dd></div>`}
${(lastCode ?? '') === '' ? undefined : html`<div><dt>Last failure</dt><dd>${lastCode} ${lastMessage}</dd></div>`}
${children.length === 0 ? undefined : html`<div><dt>Split into</dt><dd>${children.map((id) => html`<a class="id" href="${batchPath(consumer, id)}">${id}</a> `)}</dd></div>`}
<div><dt>In Bull Board</dt><dd><a href="${boardJobPath(queueNames[kind].batches, batch.id)}">its job</a></dd></div>
</dl>`;
}

/** In the order in which their items stand in the call. */
function requests({ shares }: Batch): Html {
  return html`<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Request</th><th scope="col" class="number">Items</th></tr></thead>
<tbody>${shares.map(
    ({ request, items }) =>
      html`<tr><td data-label="Request"><a class="id" href="${requestPath(request)}" title="${request}">${request}</a></td><td data-label="Items" class="number">${count(items)}</td></tr>`,
  )}</tbody>
</table></div>`;
}
