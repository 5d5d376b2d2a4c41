import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { clockTime, count, counted, duration, percent, rate } from '../pages/wording.ts';
import { chosenLanes, type LaneChoice } from './lane-choice.ts';
import { laneTools } from './lane-tools.ts';
import { itemsInFlight, type Lane, type Overview, remainingItems } from './overview.ts';
import { callsAllowed } from './recent-rates.ts';
import { timeLeftOf } from './time-left.ts';
import { isAllKeptBack, standsStill } from './verdict.ts';

/** One row for each lane with something to tell, the stopped and the busiest first; the others folded away, and counted. */
export function laneTable(overview: Overview, account: Account, search: string): Html {
  const choice = chosenLanes(overview.lanes, search);
  return html`${choice.open.length === 0 ? nothing(search) : openLanes(choice, overview, account)}
${more(choice)}${quietLanes(choice)}`;
}

function nothing(search: string): Html {
  const words =
    search === '' ? 'No consumer has anything open.' : `No consumer with “${search}” in its name has anything open.`;
  return html`<p class="empty">${words}</p>`;
}

function openLanes({ open }: LaneChoice, overview: Overview, account: Account): Html {
  return html`<div class="scroll" role="group" aria-label="Lanes" tabindex="0"><table class="lanes">
<caption class="unseen">Lanes with something open</caption>
<thead><tr><th scope="col">Consumer</th><th scope="col">State</th><th scope="col" class="number">Pending</th>
<th scope="col" class="number">In flight</th><th scope="col" class="number">Parked</th><th scope="col" class="number">Done today</th>
<th scope="col" class="number">Failed today</th><th scope="col" class="number">Calls a minute</th><th scope="col" class="number">429s</th>
<th scope="col" class="number">Time left</th><th scope="col">Oldest request</th></tr></thead>
<tbody>${open.map((lane) => laneRow(lane, overview, account))}</tbody>
</table></div>`;
}

function laneRow(lane: Lane, overview: Overview, account: Account): Html {
  const { consumer, kind, items, today } = lane;
  return html`<tr>
<th scope="row"><span class="name">${consumer}</span> <small>${kind}s</small></th>
<td>${laneState(lane, overview)}</td>
<td class="number" data-label="Pending">${count(items.pending)}</td>
<td class="number" data-label="In flight">${count(itemsInFlight(lane))}</td>
<td class="number" data-label="Parked">${count(items.parked)}</td>
<td class="number" data-label="Done today">${count(today.succeeded)}</td>
<td class="number" data-label="Failed today">${count(today.failed)}</td>
<td class="number" data-label="Calls a minute">${callsOf(lane)}</td>
<td class="number" data-label="429s">${lane.rate === undefined ? '–' : count(lane.rate.tooMany)}</td>
<td class="number" data-label="Time left">${timeLeft(lane, overview)}</td>
<td data-label="Oldest request">${laneTools({ lane, readAt: overview.readAt, account })}</td>
</tr>`;
}

function laneState(lane: Lane, overview: Overview): Html {
  const reason = standsStill(lane, overview.kinds);
  if (lane.stop !== undefined) {
    const { message, until } = lane.stop;
    const moment = until === undefined ? '' : clockTime(Date.parse(until), overview.readAt);
    const words = until === undefined ? 'stopped' : html`waits until <span class="moment">${moment}</span>`;
    return html`<span class="pill ${until === undefined ? 'bad' : 'warn'}" title="${message}">${words}</span>`;
  }
  if (reason !== undefined)
    return html`<span class="pill ${lane.isKnown ? 'warn' : 'bad'}" title="${reason}">stands still</span>`;
  if (remainingItems(lane) === 0) return html`<span class="pill warn">waits for a person</span>`;
  if (isAllKeptBack(lane)) {
    const words = lane.unapproved > 0 ? 'waits for approval' : 'in a hold window';
    return html`<span class="pill ${lane.unapproved > 0 ? 'warn' : 'calm'}">${words}</span>`;
  }
  if (itemsInFlight(lane) > 0 || (lane.rate?.callsPerMinute ?? 0) > 0)
    return html`<span class="pill good">working</span>`;
  return html`<span class="pill calm">waiting</span>`;
}

/** What it calls, and which part of its quota that is. */
function callsOf({ rate: recent, quota }: Lane): Html | string {
  if (recent === undefined) return '–';
  const calls = rate(recent.callsPerMinute);
  if (quota === undefined) return calls;
  return html`${calls} <small class="below">${percent(recent.callsPerMinute, callsAllowed(quota))} of quota</small>`;
}

function timeLeft(lane: Lane, { kinds }: Overview): string {
  if (remainingItems(lane) === 0) return '–';
  const ms = standsStill(lane, kinds) === undefined ? timeLeftOf(lane) : undefined;
  return ms === undefined ? 'unknown' : duration(ms);
}

function more({ moreOpen }: LaneChoice): Html | undefined {
  if (moreOpen === 0) return undefined;
  return html`<p class="more">${counted(moreOpen, 'more lane')} with something open: search for a consumer to see its lanes.</p>`;
}

function quietLanes({ quiet, moreQuiet }: LaneChoice): Html | undefined {
  if (quiet.length === 0) return undefined;
  return html`<details id="quiet-lanes"><summary>${counted(quiet.length + moreQuiet, 'consumer')} with nothing open</summary>
<ul class="chips">${quiet.map(
    ({ consumer, succeeded, failed }) =>
      html`<li>${consumer}${succeeded + failed === 0 ? undefined : html` <small>${count(succeeded)} done, ${count(failed)} failed today</small>`}</li>`,
  )}</ul>
${moreQuiet === 0 ? undefined : html`<p class="more">and ${count(moreQuiet)} more</p>`}
</details>`;
}
