import { meaningOfEnded } from '@session-queue/core';
import { type CodeCount, legalHoldCode } from '@session-queue/core/engine';
import { holdsPath } from '../legal-holds/hold-path.ts';
import { type Html, html } from '../pages/html.ts';
import { count } from '../pages/wording.ts';
import type { RequestPicture } from './request-picture.ts';

/** Codes that are shown; Learnosity has fewer. */
const mostCodes = 50;

/** Why items failed or are parked: by code, with what it means and what to do. Never an item. */
export function codeTable({ figures, request }: RequestPicture): Html | undefined {
  const { counts, error } = request;
  if (counts.failed + counts.parked === 0 || error !== undefined) return undefined;
  const { codes } = figures;
  return html`<section class="card" aria-labelledby="codes-title">
<h2 id="codes-title">Why items failed or are parked</h2>
${
  codes.length === 0
    ? html`<p class="empty">The codes of these items were not counted: they failed before an update. <code>session-queue items</code> lists them.</p>`
    : html`<div class="scroll" role="group" aria-label="Failures by code" tabindex="0"><table class="cards">
<caption class="unseen">Failed and parked items by code</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Items</th><th scope="col">What it means</th><th scope="col">What to do</th></tr></thead>
<tbody>${codes.slice(0, mostCodes).map((code) => codeRow(code, request.consumer))}</tbody>
</table></div>
<p class="more">Which items these are: <code>session-queue items ${request.id} --failed</code>, or <code>--parked</code>.</p>`
}
</section>`;
}

function codeRow({ list, code, items }: CodeCount, consumer: string): Html {
  const { meaning, remedy } = meaningOfEnded(code, list);
  return html`<tr>
<th scope="row" data-label="Code"><span class="id">${code === '' ? 'none' : code}</span></th>
<td data-label="Items"><span class="pill ${list === 'parked' ? 'warn' : 'bad'}">${count(items)} ${list}</span></td>
<td data-label="What it means" class="words">${meaning}</td>
<td data-label="What to do" class="words">${remedy}${code === legalHoldCode ? html` <a href="${holdsPath(consumer)}">Its legal holds</a>` : undefined}</td>
</tr>`;
}
