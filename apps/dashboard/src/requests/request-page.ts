import { finalStates, type RequestView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { countParts, countsBar } from '../pages/counts-bar.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { statePill } from '../pages/state-pill.ts';
import { count, counted, duration, percent, utc } from '../pages/wording.ts';
import { requestSearch } from './request-search.ts';

export interface RequestPage {
  request: RequestView;
  account: Account;
  /** Its job in Bull Board, while BullMQ keeps one under its id. */
  jobPath: string | undefined;
  queuePath: string;
  now: Date;
}

/** What became of a request: where its items are, and never the items. */
export function requestPage(page: RequestPage): string {
  const { request, account } = page;
  return layout({
    title: `Request ${request.id}`,
    account,
    refreshSeconds: finalStates.has(request.state) ? undefined : 5,
    main: html`${requestSearch(request.id)}
<article class="card" data-live>
<header><h1>${request.kind === 'deletion' ? 'Deletion' : 'Resubmission'} of ${counted(request.counts.total, 'item')}</h1>${statePill(request.state)}</header>
<p class="id whole">${request.id}</p>
${notices(request)}
${countsBar(request.counts)}
${countsTable(request)}
${facts(page)}
${account.role === 'admin' && canRetry(request) ? retryForm(request) : undefined}
</article>`,
  });
}

/** A refused request has nothing to send again: its items were not kept. */
function canRetry({ state, counts, error }: RequestView): boolean {
  return finalStates.has(state) && counts.failed > 0 && error === undefined;
}

function notices({ error, laneStopped, allStopped, counts }: RequestView): Html[] {
  const found: Html[] = [];
  if (error !== undefined)
    found.push(html`<p class="banner bad"><strong>Refused:</strong> ${error}. Nothing was sent.</p>`);
  if (laneStopped !== undefined) {
    const { code, message, since } = laneStopped;
    found.push(
      html`<p class="banner bad"><strong>Its lane is stopped</strong> since ${utc(since)}: ${message} (${code}). No item fails of it; the lane goes on once this is mended.</p>`,
    );
  }
  if (allStopped !== undefined) {
    found.push(html`<p class="banner warn"><strong>All deletions are stopped:</strong> ${allStopped}</p>`);
  }
  if (counts.parked > 0) {
    found.push(
      html`<p class="banner warn"><strong>${counted(counts.parked, 'item')} parked:</strong> it is unknown whether they arrived. The producer's API resends or fails them.</p>`,
    );
  }
  return found;
}

function countsTable({ counts }: RequestView): Html {
  return html`<table class="counts">
<caption class="unseen">Where the items are</caption>
<tbody>${countParts.map(
    ({ field, label, note }) => html`<tr${counts[field] === 0 ? html` class="none"` : undefined}>
<th scope="row"><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="part ${field}" width="10" height="10" rx="3"/></svg>${label}
<small>${field === 'succeeded' && counts.absent > 0 ? `${count(counts.absent)} of them were gone already` : note}</small></th>
<td class="number">${count(counts[field])}</td><td class="number">${percent(counts[field], counts.total)}</td>
</tr>`,
  )}</tbody>
<tfoot><tr><th scope="row">Total${counts.duplicates > 0 ? html` <small>${counted(counts.duplicates, 'duplicate')} left out</small>` : undefined}</th>
<td class="number">${count(counts.total)}</td><td></td></tr></tfoot>
</table>`;
}

function facts({ request, jobPath, queuePath, now }: RequestPage): Html {
  const { consumer, createdAt, finishedAt, reason, requestedBy, counts } = request;
  const end = finishedAt === undefined ? now.getTime() : Date.parse(finishedAt);
  const took = duration(end - Date.parse(createdAt));
  return html`<dl class="facts">
<div><dt>Consumer</dt><dd>${consumer}</dd></div>
<div><dt>Asked</dt><dd><time datetime="${createdAt}">${utc(createdAt)}</time></dd></div>
<div><dt>${finishedAt === undefined ? 'Open for' : 'Finished'}</dt><dd>${
    finishedAt === undefined ? took : html`<time datetime="${finishedAt}">${utc(finishedAt)}</time>, after ${took}`
  }</dd></div>
${requestedBy === undefined ? undefined : html`<div><dt>Requested by</dt><dd>${requestedBy}</dd></div>`}
${reason === undefined ? undefined : html`<div><dt>Reason</dt><dd>${reason}</dd></div>`}
${counts.resent === 0 ? undefined : html`<div><dt>Sent again</dt><dd>${counted(counts.resent, 'item')}: the outcome of a call was unknown</dd></div>`}
<div><dt>In Bull Board</dt><dd>${jobPath === undefined ? undefined : html`<a href="${jobPath}">its job</a>, `}<a href="${queuePath}">its queue</a></dd></div>
</dl>`;
}

function retryForm({ id, counts }: RequestView): Html {
  return html`<form class="retry" method="post" action="/actions/retry">
<input type="hidden" name="id" value="${id}">
<button class="primary">Retry ${counted(counts.failed, 'failed item')}</button>
<span>Only these are sent again.</span>
</form>`;
}
