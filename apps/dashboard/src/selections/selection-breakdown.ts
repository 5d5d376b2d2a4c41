import type { BreakdownDimension, BreakdownShare, SelectionView } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { count, counted, percent } from '../pages/wording.ts';

const headings: Readonly<Record<BreakdownDimension, string>> = {
  status: 'Status',
  activityId: 'Activity',
  userId: 'Learner',
};

/** How a selection divides, where that was asked for. Learners are told apart by their place in what was asked, never named. */
export function selectionBreakdown({ breakdown, count: found, state }: SelectionView): Html | undefined {
  if (breakdown === undefined || state === 'cancelled') return undefined;
  const { by, values, walked, pages, other } = breakdown;
  const nameOf = (value: string, index: number) => (by === 'userId' ? `no. ${count(index + 1)} of those named` : value);
  const progress = state === 'walking' ? `${count(walked)} of ${counted(values.length, 'value')} walked, ` : '';
  return html`<section aria-labelledby="breakdown-title">
<h2 id="breakdown-title">By ${headings[by].toLowerCase()}</h2>
<p class="progress">${progress}${counted(pages, 'page')} read for it. It changes nothing about what is deleted.</p>
<div class="scroll" role="group" aria-label="Breakdown" tabindex="0"><table class="counts">
<caption class="unseen">How the selection divides</caption>
<thead><tr><th scope="col">${headings[by]}</th><th scope="col" class="number">In the selection</th><th scope="col" class="number">Share</th></tr></thead>
<tbody>${values.map((share, index) => row(nameOf(share.value, index), share, found))}</tbody>
${other === undefined ? undefined : html`<tfoot><tr><th scope="row">None of these</th><td class="number">${count(other)}</td><td class="number">${percent(other, found)}</td></tr></tfoot>`}
</table></div>
</section>`;
}

function row(name: string, { count: shown, inSelection, error }: BreakdownShare, found: number): Html {
  const more = inSelection !== undefined && shown !== inSelection ? `${count(shown)} shown` : undefined;
  const note = error === undefined ? more : `${error.message} (${error.code})`;
  const so = error === undefined ? `${count(shown)} shown so far` : 'unknown';
  return html`<tr>
<th scope="row">${name}${
    note === undefined
      ? undefined
      : html`
<small>${note}</small>`
  }</th>
<td class="number">${inSelection === undefined ? so : count(inSelection)}</td>
<td class="number">${inSelection === undefined ? '–' : percent(inSelection, found)}</td>
</tr>`;
}
