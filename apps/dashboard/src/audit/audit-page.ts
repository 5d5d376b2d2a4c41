import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { utc } from '../pages/wording.ts';
import type { KeptEntry } from './audit-log.ts';

export interface AuditFilter {
  who: string;
  action: string;
}

export interface AuditPage {
  entries: readonly KeptEntry[];
  /** Where older ones begin. */
  next: string | undefined;
  filter: AuditFilter;
  account: Account;
}

/** What people did and were refused, the newest first. */
export function auditPage({ entries, next, filter, account }: AuditPage): string {
  return layout({
    title: 'Audit',
    account,
    current: 'audit',
    main: html`<section class="card" aria-labelledby="audit-title">
<h1 id="audit-title">What people did</h1>
<p>Each action is noted before it is done (begun) and after. The newest 100,000 entries are kept here, and all of them in the dashboard's log.</p>
<form class="filter" action="/audit" role="search">
<label for="who">Who</label> <input id="who" name="who" value="${filter.who}" maxlength="64">
<label for="action">Action</label> <input id="action" name="action" value="${filter.action}" maxlength="64">
<button class="quiet">Filter</button> <a class="button quiet" href="/audit.csv?${queryOf(filter)}">Download as CSV</a>
</form>
${entries.length === 0 ? html`<p class="empty">Nothing is noted${filter.who === '' && filter.action === '' ? ' yet' : ' that is like this'}.</p>` : table(entries)}
${next === undefined ? undefined : html`<p class="more"><a href="/audit?${queryOf(filter, next)}">Older</a></p>`}
</section>`,
  });
}

function table(entries: readonly KeptEntry[]): Html {
  return html`<div class="scroll" role="group" aria-label="Entries" tabindex="0"><table>
<caption class="unseen">What people did, the newest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Action</th><th scope="col">On</th><th scope="col">Outcome</th><th scope="col">Reason</th><th scope="col">From</th></tr></thead>
<tbody>${entries.map(
    ({ at, who, role, action, outcome, on, reason, address }) => html`<tr>
<td><time datetime="${new Date(at).toISOString()}">${utc(new Date(at).toISOString())}</time></td>
<td>${who === '' ? 'nobody' : who} <small>${role}</small></td>
<td>${action}</td>
<td class="whole">${on}</td>
<td><span class="pill ${outcome === 'refused' ? 'bad' : outcome === 'done' ? 'good' : 'calm'}">${outcome}</span></td>
<td class="whole">${reason}</td>
<td>${address}</td>
</tr>`,
  )}</tbody>
</table></div>`;
}

function queryOf({ who, action }: AuditFilter, from?: string): string {
  const query = new URLSearchParams();
  if (who !== '') query.set('who', who);
  if (action !== '') query.set('action', action);
  if (from !== undefined) query.set('from', from);
  return query.toString();
}
