import type { AuditEntry, AuditFilter, AuditOutcome, AuditPage } from '@session-queue/core/engine';
import type { Account } from '../accounts/account.ts';
import { holdPath } from '../legal-holds/hold-path.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { selectionPath } from '../selections/selection-path.ts';
import { auditedActions } from './audited-actions.ts';

export interface AuditView {
  page: AuditPage;
  filter: AuditFilter;
  /** This is not the first page. */
  isLater: boolean;
  account: Account;
}

const requestActions: ReadonlySet<string> = new Set(['hold', 'release', 'cancel', 'retry']);
const holdActions: ReadonlySet<string> = new Set(['place-hold', 'lift-hold']);
const selectionActions: ReadonlySet<string> = new Set(['select', 'cancel-selection', 'delete-selection']);

const pills: Readonly<Record<AuditOutcome, { tone: string; word: string }>> = {
  done: { tone: 'good', word: 'done' },
  refused: { tone: 'warn', word: 'refused' },
  failed: { tone: 'bad', word: 'failed' },
  begun: { tone: 'bad', word: 'unknown' },
};

/** Who did what, and why, the newest first. */
export function auditPage({ page, filter, isLater, account }: AuditView): string {
  const { entries, next } = page;
  return layout({
    title: 'Audit log',
    account,
    current: 'audit',
    main: html`<section class="card" aria-labelledby="audit-title">
<header><h1 id="audit-title">Audit log</h1><a href="${auditPath('/audit.csv', filter)}" download>Download as CSV</a></header>
<p>What people did on this dashboard. Who asked at the command line or over HTTP stands on the page of each request, selection, rule and legal hold.</p>
${filterForm(filter)}
${entries.length === 0 ? nothing(next) : table(entries)}
<nav class="pages" aria-label="Pages">${isLater ? html`<a href="${auditPath('/audit', filter)}">The newest</a>` : undefined}
${next === undefined ? undefined : html`<a href="${auditPath('/audit', filter, next)}" rel="next">Older ones</a>`}</nav>
</section>`,
  });
}

export function auditPath(path: string, { who, action }: AuditFilter, before?: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ who, action, before })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function filterForm({ who, action }: AuditFilter): Html {
  return html`<form class="filter" action="/audit" role="search" aria-label="Entries">
<div><label for="who">Who</label>
<input id="who" name="who" value="${who ?? ''}" maxlength="200" autocomplete="off" spellcheck="false"></div>
<div><label for="action">Action</label>
<select id="action" name="action"><option value="">any</option>${auditedActions.map(
    (word) => html`<option${word === action ? html` selected` : undefined}>${word}</option>`,
  )}</select></div>
<button class="quiet">Show</button>
</form>`;
}

function nothing(next: string | undefined): Html {
  return html`<p class="empty">${next === undefined ? 'Nothing fits.' : 'Nothing fits among the latest entries: look at older ones.'}</p>`;
}

function table(entries: readonly AuditEntry[]): Html {
  return html`<div class="scroll" role="group" aria-label="Entries" tabindex="0"><table class="cards">
<caption class="unseen">The newest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Action</th><th scope="col">On</th><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">From</th></tr></thead>
<tbody>${entries.map(row)}</tbody>
</table></div>`;
}

function row(entry: AuditEntry): Html {
  const { at, who, role, action, outcome, reason, detail, way, address } = entry;
  const { tone, word } = pills[outcome];
  const said =
    outcome === 'begun' ? 'The dashboard ended, or lost Redis, before it could tell: it may have been done.' : detail;
  return html`<tr>
<td data-label="When"><time datetime="${at}">${utc(at)}</time></td>
<td data-label="Who">${who ?? '–'}${role === undefined ? undefined : html` <small>${role}</small>`}</td>
<td data-label="Action">${action}${way === undefined ? undefined : html` <small>by way of ${way}</small>`}</td>
<td data-label="On">${onWhat(entry)}</td>
<td data-label="Outcome"><span class="pill ${tone}">${word}</span>${said === undefined ? undefined : html` <small class="below">${said}</small>`}</td>
<td data-label="Why">${reason ?? '–'}</td>
<td data-label="From">${address ?? '–'}</td>
</tr>`;
}

/** A request, a selection and a legal hold lead to their pages. */
function onWhat({ action, target, way }: AuditEntry): Html | string {
  if (target === undefined) return '–';
  if (selectionActions.has(action)) return html`<a href="${selectionPath(target)}">${target}</a>`;
  if (holdActions.has(action)) return html`<a href="${holdPath(target)}">${target}</a>`;
  const isRequest = way === undefined && requestActions.has(action);
  return isRequest ? html`<a href="${requestPath(target)}">${target}</a>` : target;
}
