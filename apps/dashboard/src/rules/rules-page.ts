import type { RuleView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { ruleSwitch } from '../actions/action-links.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { count, utc } from '../pages/wording.ts';
import { rulePath } from './rule-path.ts';
import { modeWords, nextWords, runPill, scheduleWords } from './rule-words.ts';

const refreshSeconds = 10;

export interface RulesPage {
  rules: readonly RuleView[];
  account: Account;
  /** Ms of Redis's clock. */
  now: number;
  /** What has just been done. */
  notice: Html | undefined;
}

/** All retention rules: when each comes next, and what its last run came to. */
export function rulesPage({ rules, account, now, notice }: RulesPage): string {
  return layout({
    title: 'Retention rules',
    account,
    current: 'rules',
    refreshSeconds,
    main: html`${notice}<section class="card" id="rules" data-part aria-labelledby="rules-title">
<header><h1 id="rules-title">Retention rules</h1></header>
${rules.length === 0 ? html`<p class="empty">There are none. They are set at the command line, by session-queue rules set, or by PUT /v1/rules.</p>` : table(rules, account, now)}
</section>`,
  });
}

function table(rules: readonly RuleView[], account: Account, now: number): Html {
  return html`<div class="scroll" role="group" aria-label="Rules" tabindex="0"><table class="cards">
<caption class="unseen">By name</caption>
<thead><tr><th scope="col">Rule</th><th scope="col">Consumer</th><th scope="col">What it does</th><th scope="col">Next run</th><th scope="col">Last run</th><th scope="col" class="number">Found</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
<tbody>${rules.map((rule) => row(rule, account, now))}</tbody>
</table></div>`;
}

function row(rule: RuleView, account: Account, now: number): Html {
  const { name, consumer, lastRun } = rule;
  return html`<tr>
<td data-label="Rule"><a href="${rulePath(name)}">${name}</a><small class="below">${scheduleWords(rule)}</small></td>
<td data-label="Consumer">${consumer}</td>
<td data-label="What it does">${modeWords(rule)}</td>
<td data-label="Next run">${nextWords(rule, now)}</td>
<td data-label="Last run">${lastRun === undefined ? 'never' : html`${runPill(lastRun)}<small class="below"><time datetime="${lastRun.moment}">${utc(lastRun.moment)}</time></small>`}</td>
<td data-label="Found" class="number">${lastRun?.count === undefined ? '–' : count(lastRun.count)}</td>
<td>${ruleSwitch(rule, account)}</td>
</tr>`;
}
