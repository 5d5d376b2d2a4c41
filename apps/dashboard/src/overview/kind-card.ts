import { queueNames } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { boardPath } from '../board/board-path.ts';
import { type Html, html } from '../pages/html.ts';
import { count, counted, utc } from '../pages/wording.ts';
import type { KindOverview } from './overview.ts';

/** Stopped lanes that are shown in full. */
const mostLanes = 10;

const titles = { deletion: 'Deletions', resubmission: 'Resubmissions' } as const;

/** One kind of request: its counts, its batches, and for admins the switches of its two queues. */
export function kindCard(overview: KindOverview, account: Account): Html {
  const { kind, requests, batches } = overview;
  const names = queueNames[kind];
  return html`<section class="card kind" aria-labelledby="${kind}">
<header><h2 id="${kind}">${titles[kind]}</h2>${flow(overview)}</header>
${stoppedLanes(overview)}
<h3>Requests</h3>
<ul class="tiles">
${tile('Waiting', requests.waiting, 'calm', boardPath(names.requests, 'waiting'))}
${tile('Processing', requests.processing, 'busy', boardPath(names.requests, 'delayed'))}
${tile('Completed', requests.completed, 'good', boardPath(names.requests, 'completed'))}
${tile('Failed', requests.failed, 'bad', boardPath(names.requests, 'failed'))}
</ul>
<h3>Batches</h3>
<ul class="tiles small">
${tile('Open', batches.open, 'busy', boardPath(names.batches, 'delayed'))}
${tile('Completed', batches.completed, 'good', boardPath(names.batches, 'completed'))}
${tile('With failures', batches.failed, 'bad', boardPath(names.batches, 'failed'))}
</ul>
${
  account.role === 'admin'
    ? html`<div class="switches">${pauseSwitch(names.requests, 'intake', requests.paused)}${pauseSwitch(names.batches, 'sending', batches.paused)}</div>`
    : undefined
}
</section>`;
}

/** The lanes that stand still while others of their kind may go on: the first ones in full, the rest counted. */
function stoppedLanes({ stoppedLanes: lanes }: KindOverview): Html | undefined {
  if (lanes.length === 0) return undefined;
  const more = lanes.length - mostLanes;
  return html`<ul class="lanes">${lanes
    .slice(0, mostLanes)
    .map(
      ({ consumer, code, message, since }) =>
        html`<li title="since ${utc(since)}"><strong>lane stopped:</strong> ${consumer}: ${code} ${message}</li>`,
    )}${more > 0 ? html`<li>and ${count(more)} more</li>` : undefined}</ul>`;
}

function flow({ stopped, stoppedLanes: lanes, requests, batches }: KindOverview): Html {
  if (stopped !== undefined) return html`<span class="pill bad">stopped</span>`;
  if (lanes.length > 0) return html`<span class="pill bad">${counted(lanes.length, 'lane')} stopped</span>`;
  if (requests.paused && batches.paused) return html`<span class="pill warn">paused</span>`;
  if (requests.paused) return html`<span class="pill warn">intake paused</span>`;
  if (batches.paused) return html`<span class="pill warn">sending paused</span>`;
  return html`<span class="pill good">running</span>`;
}

function tile(label: string, value: number, tone: string, href: string): Html {
  return html`<li><a class="tile ${value === 0 ? 'zero' : tone}" href="${href}"><strong>${count(value)}</strong> <span>${label}</span></a></li>
`;
}

function pauseSwitch(queue: string, what: string, paused: boolean): Html {
  const action = paused ? 'resume' : 'pause';
  const label = paused ? `Resume ${what}` : `Pause ${what}`;
  return html`<form method="post" action="/actions/${action}"><input type="hidden" name="queue" value="${queue}"><button class="${paused ? 'primary' : 'quiet'}">${label}</button></form>`;
}
