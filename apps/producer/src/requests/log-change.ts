import type { Kind, LegalHoldView, RequestView, SelectionView } from '@session-queue/core';
import type { Request } from 'express';
import type { Logger } from 'pino';
import { callerNameOf } from '../auth/caller.ts';

/** What a call can do to a request. */
export type Change =
  | 'create'
  | 'cancel'
  | 'hold'
  | 'release'
  | 'approve'
  | 'revoke'
  | 'retry'
  | 'resend-parked'
  | 'fail-parked';

/**
 * Says in the log who changed which request, once that is done: be it after a 503 that said it is open. Reasons stay out of it: people write ids of sessions into them.
 */
export function logChange(log: Logger, request: Request, change: Change, view: RequestView): void {
  const { id, consumer, kind } = view;
  log.info({ change, by: callerNameOf(request), request: id, consumer, kind }, 'a request was changed');
}

/** The same of a selection. Its filter stays out too: it names learners, and may name sessions. */
export function logSelection(log: Logger, request: Request, change: 'create' | 'cancel', view: SelectionView): void {
  const { id, consumer } = view;
  log.info({ change, by: callerNameOf(request), selection: id, consumer }, 'a selection was changed');
}

/** The same of a legal hold: on how many sessions, or on what kind of thing, and never on which. */
export function logLegalHold(log: Logger, request: Request, change: 'add' | 'remove', view: LegalHoldView): void {
  const { id, consumer, on, sessions } = view;
  log.info({ change, by: callerNameOf(request), hold: id, consumer, on, sessions }, 'a legal hold was changed');
}

/** Says in the log who stopped or started everything of a kind. */
export function logSwitch(log: Logger, request: Request, change: 'stop' | 'start', kind: Kind): void {
  const said = change === 'stop' ? 'everything of a kind was stopped' : 'everything of a kind was started again';
  log.warn({ change, by: callerNameOf(request), kind }, said);
}

/** Says in the log who did what with which retention rule. Its filter and reason stay out: they name learners, and may name sessions. */
export function logRule(
  log: Logger,
  request: Request,
  change: 'set' | 'remove' | 'run' | 'preview',
  rule: string,
): void {
  log.info({ change, by: callerNameOf(request), rule }, 'a rule was changed, run or looked at');
}
