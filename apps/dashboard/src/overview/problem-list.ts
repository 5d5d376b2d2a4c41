import { type Html, html } from '../pages/html.ts';
import type { Problem } from './problems.ts';

/** What is wrong, each with what to do about it. */
export function problemList(problems: readonly Problem[]): Html | undefined {
  if (problems.length === 0) return undefined;
  return html`<section class="card problems" aria-labelledby="problems-title">
<h2 id="problems-title">What needs somebody</h2>
<ul>${problems.map(
    ({ tone, title, detail, remedy, way }) => html`<li class="${tone}">
<h3>${title}</h3>
<p>${detail}</p>
<p class="remedy"><strong>What to do:</strong> ${remedy}${way === undefined ? undefined : html` <a href="${way.path}">${way.words}</a>`}</p>
</li>`,
  )}</ul>
</section>`;
}
