import type { BatchFigures } from '@session-queue/core/engine';
import { batchPath } from '../batches/batch-path.ts';
import { type Html, html } from '../pages/html.ts';
import { clockTime, count, utc } from '../pages/wording.ts';
import type { RequestPicture } from './request-picture.ts';

const tones: Readonly<Record<BatchFigures['state'], string>> = {
  ready: 'calm',
  claimed: 'busy',
  sending: 'busy',
  lost: 'warn',
  submitted: 'busy',
  settled: 'good',
  split: 'calm',
};

const words: Readonly<Record<BatchFigures['state'], string>> = {
  ready: 'waits for a slot',
  claimed: 'about to be sent',
  sending: 'being sent',
  lost: 'its job is looked for',
  submitted: 'at Learnosity',
  settled: 'settled',
  split: 'split in parts',
};

/** The calls that a request's items went out with, the latest first. */
export function batchTable({ figures: { batches, olderBatches }, request, readAt }: RequestPicture): Html {
  return html`<section class="card" aria-labelledby="batches-title">
<h2 id="batches-title">Batches</h2>
${
  batches.length === 0
    ? html`<p class="empty">None: nothing of it has been put into a call, or the records have aged out.</p>`
    : html`<div class="scroll tall" role="group" aria-label="Batches" tabindex="0"><table class="cards">
<caption class="unseen">Batches with items of this request, the latest first</caption>
<thead><tr><th scope="col">Batch</th><th scope="col">State</th><th scope="col" class="number">Items</th><th scope="col" class="number">Attempts</th>
<th scope="col">Job reference</th><th scope="col">Last code</th><th scope="col" class="number">Made</th><th scope="col" class="number">Settled</th></tr></thead>
<tbody>${batches.map((batch) => batchRow(batch, request.consumer, readAt))}</tbody>
</table></div>`
}
${olderBatches === 0 ? undefined : html`<p class="more">At least ${count(olderBatches)} more, which are older.</p>`}
</section>`;
}

function batchRow(batch: BatchFigures, consumer: string, now: number): Html {
  const { id, state, size, ownItems, attempts, reference = '–', lastCode, createdAt, settledAt } = batch;
  return html`<tr>
<th scope="row" data-label="Batch"><a class="id long" href="${batchPath(consumer, id)}" title="${id}">${id}</a></th>
<td data-label="State"><span class="pill ${tones[state]}">${words[state]}</span></td>
<td data-label="Items" class="number">${count(ownItems)}${ownItems === size ? undefined : html` <small>of ${count(size)}</small>`}</td>
<td data-label="Attempts" class="number">${count(attempts)}</td>
<td data-label="Job reference"><span class="id reference" title="${reference}">${reference}</span></td>
<td data-label="Last code">${lastCode === undefined || lastCode === '' ? '–' : lastCode}</td>
<td data-label="Made" class="number">${moment(createdAt, now)}</td>
<td data-label="Settled" class="number">${settledAt === undefined ? '–' : moment(settledAt, now)}</td>
</tr>`;
}

function moment(ms: number, now: number): Html {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}" title="${utc(iso)}">${clockTime(ms, now)}</time>`;
}
