import type { Kind } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { clockTime, count } from '../pages/wording.ts';
import type { KindMinute, MinuteTotals } from './chart-history.ts';
import type { Overview } from './overview.ts';

/** Minutes that a row of the table adds up. */
const rowMinutes = 30;

/** What the charts show, in numbers: half an hour a row, the latest first. */
export function chartTable({ minutes, readAt }: Overview): Html {
  if (minutes.length === 0) return html`<p class="empty">Nothing was open within the last six hours.</p>`;
  return html`<details id="chart-numbers"><summary>The same in numbers</summary>
<div class="scroll" role="group" aria-label="The last hours in numbers" tabindex="0"><table class="cards">
<caption class="unseen">The last hours, half an hour a row</caption>
<thead><tr><th scope="col">From</th><th scope="col" class="number">Deletions done</th><th scope="col" class="number">Resubmissions done</th>
<th scope="col" class="number">Calls</th><th scope="col" class="number">429s</th><th scope="col" class="number">Pending at the end</th></tr></thead>
<tbody>${halfHours(minutes)
    .toReversed()
    .map((row) => tableRow(row, readAt))}</tbody>
</table></div></details>`;
}

function halfHours(minutes: readonly MinuteTotals[]): MinuteTotals[][] {
  const rows = new Map<number, MinuteTotals[]>();
  for (const minute of minutes) {
    const from = Math.floor(minute.at / (rowMinutes * 60_000));
    rows.set(from, [...(rows.get(from) ?? []), minute]);
  }
  return [...rows.values()];
}

function tableRow(row: readonly MinuteTotals[], now: number): Html {
  const [first] = row;
  const last = row.at(-1);
  if (first === undefined || last === undefined) throw new Error('a row has minutes');
  const sum = (kind: Kind, figure: keyof KindMinute) => row.reduce((total, minute) => total + minute[kind][figure], 0);
  const both = (figure: keyof KindMinute) => sum('deletion', figure) + sum('resubmission', figure);
  return html`<tr>
<th scope="row" data-label="From">${clockTime(first.at, now)}</th>
<td data-label="Deletions done" class="number">${count(sum('deletion', 'done'))}</td>
<td data-label="Resubmissions done" class="number">${count(sum('resubmission', 'done'))}</td>
<td data-label="Calls" class="number">${count(both('calls'))}</td>
<td data-label="429s" class="number">${count(both('tooMany'))}</td>
<td data-label="Pending at the end" class="number">${count(last.deletion.pending + last.resubmission.pending)}</td>
</tr>`;
}
