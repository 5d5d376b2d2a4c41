import { type Html, html } from '../pages/html.ts';

const charts = [
  { id: 'chart-done', title: 'Items done a minute', series: ['Deletions', 'Resubmissions'] },
  { id: 'chart-pending', title: 'Items pending', series: ['Deletions', 'Resubmissions'] },
  { id: 'chart-calls-deletion', title: 'Deletions: calls a minute', series: ['Calls', 'Quota', '429s'] },
  { id: 'chart-calls-resubmission', title: 'Resubmissions: calls a minute', series: ['Calls', 'Quota', '429s'] },
] as const;

/** Where a script draws the charts once they come into view. Their numbers stand in a table below them. */
export function chartFrames(): Html {
  return html`<div class="charts" data-charts="/charts.json" hidden>${charts.map(
    ({ id, title, series }) => html`<figure class="chart">
<figcaption class="chart-title" id="${id}-title">${title}</figcaption>
<ul class="legend" aria-hidden="true">${series.map((name, index) => html`<li class="ink-${index + 1}${name === 'Quota' ? ' dashed' : ''}">${name}</li>`)}</ul>
<div class="plot" id="${id}" role="img" aria-labelledby="${id}-title" aria-describedby="charts-note"></div>
</figure>`,
  )}</div>
<p class="unseen" id="charts-note">The numbers of this chart stand in the table below.</p>`;
}
