import type { RuleRun, RuleView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { ruleActions } from '../actions/action-links.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { count, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { selectionPath } from '../selections/selection-path.ts';
import { filterWords, modeWords, nextWords, runPill, scheduleWords } from './rule-words.ts';

const refreshSeconds = 5;

export interface RulePage {
  rule: RuleView;
  runs: readonly RuleRun[];
  account: Account;
  /** Ms of Redis's clock. */
  now: number;
  /** What has just been done. */
  notice: Html | undefined;
}

/** One retention rule, and what its runs came to. */
export function rulePage({ rule, runs, account, now, notice }: RulePage): string {
  return layout({
    title: `Rule ${rule.name}`,
    account,
    current: 'rules',
    refreshSeconds,
    main: html`${notice}<article class="card" id="rule" data-part>
<header><h1>Rule ${rule.name}</h1></header>
${facts(rule, now)}
${ruleActions(rule, account)}
</article>
<section class="card" id="runs" data-part aria-labelledby="runs-title">
<h2 id="runs-title">Its runs</h2>
${runs.length === 0 ? html`<p class="empty">It has not run yet.</p>` : table(runs)}
</section>`,
  });
}

function facts(rule: RuleView, now: number): Html {
  const { consumer, reason, updatedAt, updatedBy } = rule;
  return html`<dl class="facts">
<div><dt>Consumer</dt><dd>${consumer}</dd></div>
<div><dt>Selects sessions</dt><dd>${filterWords(rule)}</dd></div>
<div><dt>What it does</dt><dd>${modeWords(rule)}</dd></div>
<div><dt>Schedule</dt><dd>${scheduleWords(rule)}</dd></div>
<div><dt>Next run</dt><dd>${nextWords(rule, now)}</dd></div>
<div><dt>Reason</dt><dd>${reason}</dd></div>
<div><dt>Set</dt><dd><time datetime="${updatedAt}">${utc(updatedAt)}</time>${updatedBy === undefined ? undefined : ` by ${updatedBy}`}</dd></div>
</dl>`;
}

function table(runs: readonly RuleRun[]): Html {
  return html`<div class="scroll" role="group" aria-label="Runs" tabindex="0"><table class="cards">
<caption class="unseen">The newest first</caption>
<thead><tr><th scope="col">Moment</th><th scope="col">Outcome</th><th scope="col" class="number">Found</th><th scope="col">Deletion</th><th scope="col">By</th></tr></thead>
<tbody>${runs.map(row)}</tbody>
</table></div>`;
}

function row(run: RuleRun): Html {
  const { moment, count: found, selection, request, by, error } = run;
  const words = found === undefined ? 'see it' : count(found);
  return html`<tr>
<td data-label="Moment"><time datetime="${moment}">${utc(moment)}</time></td>
<td data-label="Outcome">${runPill(run)}${error === undefined ? undefined : html`<small class="below">${error.message} (${error.code})</small>`}</td>
<td data-label="Found" class="number">${selection === undefined ? (found === undefined ? '–' : words) : html`<a href="${selectionPath(selection)}" aria-label="Selection, ${words}">${words}</a>`}</td>
<td data-label="Deletion">${request === undefined ? '–' : html`<a class="id" href="${requestPath(request)}" title="${request}">${request}</a>`}</td>
<td data-label="By">${by ?? 'its schedule'}</td>
</tr>`;
}
