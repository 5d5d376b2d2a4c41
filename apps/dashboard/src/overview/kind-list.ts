import { queueNames } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { kindActions } from '../actions/action-links.ts';
import { approvalPath } from '../approvals/approval-path.ts';
import { boardPath } from '../board/board-path.ts';
import { deadlinePath } from '../deadlines/deadline-path.ts';
import { type Html, html } from '../pages/html.ts';
import { count, counted, kindTitles } from '../pages/wording.ts';
import { itemsInFlight, type KindState, type Lane, type Overview } from './overview.ts';

/** Deletions and resubmissions, each over all consumers: their items, their switches and the way to their queues. */
export function kindList(overview: Overview, account: Account): Html {
  return html`<div class="kinds">${overview.kinds.map((kind) => kindCard(kind, overview, account))}</div>`;
}

function kindCard(state: KindState, { lanes }: Overview, account: Account): Html {
  const { kind } = state;
  const own = lanes.filter((lane) => lane.kind === kind);
  const sum = (amount: (lane: (typeof own)[number]) => number) => own.reduce((total, lane) => total + amount(lane), 0);
  const { requests, batches } = queueNames[kind];
  return html`<section class="card kind" aria-labelledby="${kind}">
<header><h2 id="${kind}">${kindTitles[kind]}</h2>${flow(state)}</header>
<dl class="tiles">
${tile(
  'Pending',
  sum(({ items }) => items.pending),
  'calm',
)}
${tile('In flight', sum(itemsInFlight), 'busy')}
${tile(
  'Parked',
  sum(({ items }) => items.parked),
  'warn',
)}
${tile(
  'Done today',
  sum(({ today }) => today.succeeded),
  'good',
)}
${tile(
  'Failed today',
  sum(({ today }) => today.failed),
  'bad',
)}
</dl>
${waysTo(own)}
<p class="ways"><a href="${boardPath(requests, 'latest')}">Jobs of its requests</a> <a href="${boardPath(batches, 'latest')}">Jobs of its batches</a></p>
${kindActions(state, account)}
</section>`;
}

/** How many open requests, over all consumers, wait for somebody or for their time, are at risk of missing their deadline, or have. */
function waysTo(lanes: readonly Lane[]): Html | undefined {
  const sum = (amount: (lane: Lane) => number) => lanes.reduce((total, lane) => total + amount(lane), 0);
  const unapproved = sum((lane) => lane.unapproved);
  const inWindow = sum((lane) => lane.inWindow);
  const missed = sum((lane) => lane.missed);
  const atRisk = sum((lane) => lane.atRisk);
  const ways = [
    ...way(unapproved, 'warn', approvalPath('approval'), `${unlessOne(unapproved, 'waits', 'wait')} for approval`),
    ...way(inWindow, 'calm', approvalPath('hold-window'), `in ${unlessOne(inWindow, 'its', 'their')} hold window`),
    ...way(atRisk, 'warn', deadlinePath('at-risk'), 'at risk'),
    ...way(missed, 'bad', deadlinePath('missed'), `behind ${unlessOne(missed, 'its', 'their')} deadline`),
  ];
  return ways.length === 0 ? undefined : html`<p class="ways">${ways}</p>`;
}

function way(requests: number, tone: string, path: string, words: string): Html[] {
  return requests === 0
    ? []
    : [html`<a class="pill ${tone}" href="${path}">${counted(requests, 'request')} ${words}</a> `];
}

function unlessOne(requests: number, one: string, more: string): string {
  return requests === 1 ? one : more;
}

function flow({ stop, isIntakePaused, isSendingPaused }: KindState): Html {
  if (stop !== undefined) return html`<span class="pill bad">stopped</span>`;
  if (isIntakePaused && isSendingPaused) return html`<span class="pill warn">paused</span>`;
  if (isIntakePaused) return html`<span class="pill warn">intake paused</span>`;
  if (isSendingPaused) return html`<span class="pill warn">sending paused</span>`;
  return html`<span class="pill good">running</span>`;
}

function tile(label: string, value: number, tone: string): Html {
  return html`<div class="tile ${value === 0 ? 'zero' : tone}"><dt>${label}</dt><dd>${count(value)}</dd></div>
`;
}
