import { finalStates, type ItemCounts } from '@session-queue/core';
import { countParts, countsBar } from '../pages/counts-bar.ts';
import { type Html, html } from '../pages/html.ts';
import { clockTime, count, counted, duration, percent } from '../pages/wording.ts';
import type { RequestPicture } from './request-picture.ts';

/** How far a request is: in words, as a bar, and in numbers that add up. */
export function requestProgress(picture: RequestPicture): Html {
  return html`<p class="progress">${progressWords(picture)}</p>
${countsBar(picture.request.counts)}
${countsTable(picture)}`;
}

function progressWords({ request, timeLeftMs, readAt }: RequestPicture): string {
  const { state, counts } = request;
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  if (state === 'receiving') return `Being uploaded: ${counted(counts.total, 'item')} so far.`;
  const failed = counts.failed === 0 ? '' : `, ${count(counts.failed)} of them failed`;
  const done = `${count(ended)} of ${counted(counts.total, 'item')} done (${percent(ended, counts.total)})${failed}`;
  if (finalStates.has(state)) return `${done}.`;
  if (counts.pending + counts.claimed + counts.submitted === 0) return `${done}; what is left waits for a person.`;
  if (timeLeftMs === undefined) return `${done}; time left unknown.`;
  return `${done}; about ${duration(timeLeftMs)} left, until ${clockTime(readAt + timeLeftMs, readAt)}.`;
}

/** Which of the succeeded were there no more. */
function unsentWords({ absent, alreadyDeleted }: ItemCounts): string {
  const gone = absent > 0 ? [`${count(absent)} of them were gone already`] : [];
  const before = alreadyDeleted > 0 ? [`${count(alreadyDeleted)} deleted before and not sent`] : [];
  return [...gone, ...before].join(', ');
}

function countsTable({ request: { counts } }: RequestPicture): Html {
  return html`<table class="counts">
<caption class="unseen">Where the items are</caption>
<tbody>${countParts.map(
    ({ field, label, note }) => html`<tr${counts[field] === 0 ? html` class="none"` : undefined}>
<th scope="row"><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="part ${field}" width="10" height="10" rx="3"/></svg>${label}
<small>${(field === 'succeeded' && unsentWords(counts)) || note}</small></th>
<td class="number">${count(counts[field])}</td><td class="number">${percent(counts[field], counts.total)}</td>
</tr>`,
  )}</tbody>
<tfoot><tr><th scope="row">Total${counts.duplicates > 0 ? html` <small>${counted(counts.duplicates, 'duplicate')} left out</small>` : undefined}</th>
<td class="number">${count(counts.total)}</td><td></td></tr></tfoot>
</table>`;
}
