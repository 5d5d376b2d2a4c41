import type { Kind } from '@session-queue/core';
import { stoppedByHand } from '@session-queue/core/engine';
import type { Account } from '../accounts/account.ts';
import type { Html } from '../pages/html.ts';
import { actionLink } from './action-link.ts';

/** The switch of a lane. One that a fault has stopped can be stopped by hand besides. */
export function laneForms(
  { consumer, kind, stop }: { consumer: string; kind: Kind; stop: { code: string } | undefined },
  account: Account,
): Html | undefined {
  const name = stop?.code === stoppedByHand ? 'start-lane' : 'stop-lane';
  return actionLink(name, { consumer, kind }, account, name === 'start-lane' ? 'Start' : 'Stop');
}
