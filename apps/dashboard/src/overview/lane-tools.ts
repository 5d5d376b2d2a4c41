import type { Account } from '../accounts/account.ts';
import { laneActions } from '../actions/action-links.ts';
import { type Html, html } from '../pages/html.ts';
import { ago, counted } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import type { Lane } from './overview.ts';

export interface LaneToolsOptions {
  lane: Lane;
  readAt: number;
  /** Who looks: admins are offered more than viewers. */
  account: Account;
}

/** What leads on from a lane: the request that has waited longest, and the switch of the lane for those who may. */
export function laneTools({ lane, readAt, account }: LaneToolsOptions): Html {
  const { oldest, openRequests } = lane;
  const actions = laneActions(lane, account);
  if (oldest === undefined) return html`– ${actions}`;
  const { request, since } = oldest;
  return html`<a href="${requestPath(request)}" title="${request}">${ago(readAt - since)}</a> <small class="below">of ${counted(openRequests, 'request')}</small> ${actions}`;
}
