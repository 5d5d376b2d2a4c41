import type { VerificationFigures } from '@session-queue/core/engine';
import { type Html, html } from '../pages/html.ts';
import { count, counted, duration } from '../pages/wording.ts';
import type { Overview } from './overview.ts';

const mostRows = 100;
/** What waits is asked for in rounds: so late it may be without anything being wrong, in ms. */
const punctualMs = 60_000;

/** Whether anything was deleted since there is verification. */
export function hasVerification(figures: VerificationFigures): boolean {
  const { waiting, verified, unasked, unseen, stillThere } = figures;
  return waiting + verified + unasked + unseen + stillThere > 0;
}

/** How long the first of the sessions that wait has been due; 0 while that is to be expected. */
export function overdueMs({ dueAt }: VerificationFigures, now: number): number {
  const late = dueAt === undefined ? 0 : now - dueAt;
  return late < punctualMs ? 0 : late;
}

/** Whether Learnosity shows no more of what was deleted, by consumer: those first of which it does, then those that are late. */
export function verificationCard({ verifications, readAt }: Overview): Html | undefined {
  if (verifications.length === 0) return undefined;
  const byTrouble = (one: VerificationFigures): number[] => [
    one.stillThere + one.reappeared,
    overdueMs(one, readAt),
    one.waiting,
  ];
  const sorted = verifications.toSorted((one, other) => {
    const others = byTrouble(other);
    return byTrouble(one).reduce((before, amount, index) => before || (others[index] ?? 0) - amount, 0);
  });
  const more = sorted.length - mostRows;
  return html`<section class="card" aria-labelledby="verification-title">
<h2 id="verification-title">Verification of deletions</h2>
<div class="scroll" role="group" aria-label="Verification" tabindex="0"><table class="lanes">
<caption class="unseen">Deleted sessions by what their verification has come to, ever</caption>
<thead><tr><th scope="col">Consumer</th><th scope="col">State</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">Overdue</th><th scope="col" class="number">Verified</th><th scope="col" class="number">Unverifiable</th><th scope="col" class="number">Still there</th><th scope="col" class="number">Back again</th></tr></thead>
<tbody>${sorted.slice(0, mostRows).map((one) => row(one, readAt))}</tbody>
</table></div>
${more > 0 ? html`<p class="more">and ${counted(more, 'more consumer')}</p>` : undefined}
</section>`;
}

function row(figures: VerificationFigures, now: number): Html {
  const { consumer, waiting, verified, unasked, unseen, stillThere, reappeared } = figures;
  const late = overdueMs(figures, now);
  return html`<tr>
<th scope="row"><span class="name">${consumer}</span></th>
<td>${state(figures, late)}</td>
<td class="number" data-label="Waiting">${count(waiting)}</td>
<td class="number" data-label="Overdue">${late === 0 ? '–' : duration(late)}</td>
<td class="number" data-label="Verified">${count(verified)}</td>
<td class="number" data-label="Unverifiable">${count(unasked + unseen)}</td>
<td class="number" data-label="Still there">${count(stillThere)}</td>
<td class="number" data-label="Back again">${count(reappeared)}</td>
</tr>`;
}

function state({ waiting, stillThere, reappeared, verified }: VerificationFigures, late: number): Html {
  if (stillThere + reappeared > 0) return html`<span class="pill bad">shown again</span>`;
  if (late > 0) return html`<span class="pill warn">overdue</span>`;
  if (waiting > 0) return html`<span class="pill busy">waiting</span>`;
  return verified > 0
    ? html`<span class="pill good">verified</span>`
    : html`<span class="pill calm">none seen before</span>`;
}
