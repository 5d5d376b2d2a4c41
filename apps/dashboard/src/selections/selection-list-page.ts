import { type SelectionState, type SelectionsPage, type SelectionView, selectionStates } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { selectLink } from '../actions/action-links.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { selectionPill } from '../pages/state-pill.ts';
import { ago, count, counted, utc } from '../pages/wording.ts';
import { filterWords } from './filter-words.ts';
import { selectionPath } from './selection-path.ts';

export interface SelectionListView {
  page: SelectionsPage;
  filter: { state?: SelectionState | undefined; consumer?: string | undefined };
  /** This is not the first page. */
  isLater: boolean;
  account: Account;
  /** Ms. */
  now: number;
}

/** What was selected, by whom and when, the newest first. */
export function selectionListPage({ page, filter, isLater, account, now }: SelectionListView): string {
  const { selections, next } = page;
  return layout({
    title: 'Selections',
    account,
    current: 'selections',
    main: html`<section class="card" aria-labelledby="selections-title">
<header><h1 id="selections-title">Selections</h1>${selectLink(account, filter.consumer)}</header>
<p>Which sessions a filter by metadata selects: a preview, by which exactly these can be deleted.</p>
${filterForm(filter)}
${selections.length === 0 ? nothing(next) : table(selections, now)}
<nav class="pages" aria-label="Pages">${isLater ? html`<a href="${listPath(filter)}">The newest</a>` : undefined}
${next === undefined ? undefined : html`<a href="${listPath(filter, next)}" rel="next">Older ones</a>`}</nav>
</section>`,
  });
}

function listPath(filter: SelectionListView['filter'], next?: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, next })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.size === 0 ? '/selections' : `/selections?${query.toString()}`;
}

function filterForm({ state, consumer }: SelectionListView['filter']): Html {
  return html`<form class="filter" action="/selections" role="search" aria-label="Selections">
<div><label for="consumer">Consumer</label>
<input id="consumer" name="consumer" value="${consumer ?? ''}" maxlength="64" autocomplete="off" spellcheck="false"></div>
<div><label for="list-state">State</label>
<select id="list-state" name="state"><option value="">any</option>${selectionStates.map(
    (word) => html`<option${word === state ? html` selected` : undefined}>${word}</option>`,
  )}</select></div>
<button class="quiet">Show</button>
</form>`;
}

function nothing(next: string | undefined): Html {
  return html`<p class="empty">${next === undefined ? 'No selection is like that.' : 'Nothing fits among the latest ones: look at older ones.'}</p>`;
}

function table(selections: readonly SelectionView[], now: number): Html {
  return html`<div class="scroll" role="group" aria-label="Selections" tabindex="0"><table class="cards">
<caption class="unseen">The newest first</caption>
<thead><tr><th scope="col">Selection</th><th scope="col">Consumer</th><th scope="col">State</th><th scope="col" class="number">Sessions</th>
<th scope="col">Selects sessions</th><th scope="col">Requested by</th><th scope="col" class="number">Asked</th></tr></thead>
<tbody>${selections.map((selection) => row(selection, now))}</tbody>
</table></div>`;
}

function row(
  { id, consumer, state, count: found, pages, filter, requestedBy, createdAt, waiting }: SelectionView,
  now: number,
): Html {
  const progress = state === 'walking' ? html` <small class="below">${counted(pages, 'page')} read</small>` : undefined;
  return html`<tr>
<td data-label="Selection"><a class="id" href="${selectionPath(id)}" title="${id}">${id}</a></td>
<td data-label="Consumer"><span class="name">${consumer}</span></td>
<td data-label="State">${selectionPill(state)}${waiting === undefined ? undefined : html` <span class="pill warn">waits</span>`}</td>
<td data-label="Sessions" class="number">${count(found)}${progress}</td>
<td data-label="Selects sessions" class="words">${filterWords(filter).join('; ')}</td>
<td data-label="Requested by">${requestedBy ?? '–'}</td>
<td data-label="Asked" class="number"><time datetime="${createdAt}" title="${utc(createdAt)}">${ago(now - Date.parse(createdAt))}</time></td>
</tr>`;
}
