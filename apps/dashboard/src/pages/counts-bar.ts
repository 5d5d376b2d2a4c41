import type { ItemCounts } from '@session-queue/core';
import { type Html, html } from './html.ts';
import { count, percent } from './wording.ts';

/** The parts of a request's total, in the order in which items go through them, the ends first. */
export const countParts = [
  { field: 'succeeded', label: 'Succeeded', note: 'done at Learnosity' },
  { field: 'failed', label: 'Failed', note: 'for good, until retried' },
  { field: 'cancelled', label: 'Cancelled', note: 'never sent' },
  { field: 'parked', label: 'Parked', note: 'outcome unknown, waits for a person' },
  { field: 'submitted', label: 'At Learnosity', note: 'sent, in a job there' },
  { field: 'claimed', label: 'In a batch', note: 'about to be sent' },
  { field: 'pending', label: 'Waiting', note: 'in line' },
] as const satisfies readonly { field: keyof ItemCounts; label: string; note: string }[];

/** The counts as a bar. Drawn as SVG, since the policy of our pages allows no style attributes. */
export function countsBar(counts: ItemCounts): Html {
  let from = 0;
  const rects = countParts.map(({ field, label }) => {
    const width = counts.total === 0 ? 0 : (1000 * counts[field]) / counts.total;
    const x = from;
    from += width;
    if (width === 0) return undefined;
    return html`<rect class="part ${field}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"><title>${label}: ${count(counts[field])}</title></rect>`;
  });
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${spoken(counts)}">${rects}</svg>`;
}

function spoken(counts: ItemCounts): string {
  const parts = countParts.filter(({ field }) => counts[field] > 0);
  if (parts.length === 0) return 'No items';
  return parts.map(({ field, label }) => `${label}: ${percent(counts[field], counts.total)}`).join(', ');
}
