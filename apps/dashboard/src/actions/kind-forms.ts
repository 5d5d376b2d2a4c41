import { queueNames } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import type { KindState } from '../overview/overview.ts';
import { type Html, html } from '../pages/html.ts';
import { mayDo } from './action.ts';
import { actionLink } from './action-link.ts';

/** What can be done about a kind: the switch of all of it, and those of its two queues. */
export function kindForms(
  { kind, stop, isIntakePaused, isSendingPaused }: KindState,
  account: Account,
): Html | undefined {
  if (!mayDo(account.role, 'operator')) return undefined;
  const { requests, batches } = queueNames[kind];
  const pause = (queue: string, what: string, isPaused: boolean) =>
    actionLink(isPaused ? 'resume' : 'pause', { queue }, account, `${isPaused ? 'Resume' : 'Pause'} ${what}`);
  const all =
    stop === undefined
      ? actionLink('stop-kind', { kind }, account, `Stop all ${kind}s`)
      : actionLink('start-kind', { kind }, account, `Start ${kind}s again`);
  return html`<div class="forms">${pause(requests, 'intake', isIntakePaused)}${pause(batches, 'sending', isSendingPaused)}${all}</div>`;
}
