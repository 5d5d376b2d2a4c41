import {
  type LegalHoldView,
  Refusal,
  type Rules,
  type Selections,
  type SelectionView,
  type SessionQueue,
} from '@session-queue/core';
import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import {
  aboutHold,
  aboutRule,
  aboutSelection,
  unknownHoldProblem,
  unknownRuleProblem,
  unknownSelectionProblem,
} from '../problems/unknown-things.ts';
import { idOf } from '../requests/request-id.ts';
import { ruleNameOf } from '../rules/rule-name.ts';
import { within } from '../server/deadline.ts';
import { type Caller, callerOf } from './caller.ts';

/** Whether the caller may ask for this consumer and see its requests. */
export function mayUse({ consumers }: Caller, consumer: string): boolean {
  return consumers === undefined || consumers.includes(consumer);
}

/** Refuses (403) what is asked for a consumer that is not the caller's, whether or not there is one of this name. */
export function requireConsumer(caller: Caller, consumer: string): void {
  if (mayUse(caller, consumer)) return;
  const reason = 'is not one of the consumers that this token is for';
  throw new Problem('other-consumer', `consumer: ${reason}`, { errors: [{ field: 'consumer', reason }] });
}

/** Lets callers through that are not limited to some consumers: for what concerns all of them. */
export const requireEveryConsumer: RequestHandler = (request, _response, next) => {
  if (callerOf(request).consumers !== undefined) {
    throw new Problem('other-consumer', 'This concerns every consumer, and this token is for some of them only.');
  }
  next();
};

/**
 * Stands before every route of one request: that of somebody else's consumer is as unknown as one that never was. A change is let
 * through only when there is the request: the log names it, and an id from outside may be that of a session (invariant 9).
 */
export function requireOwnRequest({ queue, silenceMs }: { queue: SessionQueue; silenceMs: number }): RequestHandler {
  return async (request, _response, next) => {
    const caller = callerOf(request);
    if (caller.consumers !== undefined || request.method === 'POST') {
      const view = await within(silenceMs, queue.getRequest(idOf(request)));
      if (view === undefined || !mayUse(caller, view.consumer)) throw new Refusal('not_found', 'no such request');
    }
    next();
  };
}

/** A selection that the caller may see; that of somebody else's consumer is as unknown as one that never was. */
export async function ownSelection(
  { queue, silenceMs }: { queue: Selections; silenceMs: number },
  caller: Caller,
  id: string,
): Promise<SelectionView> {
  const view = await within(silenceMs, aboutSelection(queue.getSelection(id)));
  if (!mayUse(caller, view.consumer)) throw unknownSelectionProblem();
  return view;
}

/** Stands before every route of one selection, as `requireOwnRequest` before those of a request. */
export function requireOwnSelection(context: { queue: Selections; silenceMs: number }): RequestHandler {
  return async (request, _response, next) => {
    const caller = callerOf(request);
    if (caller.consumers !== undefined || request.method === 'POST') await ownSelection(context, caller, idOf(request));
    next();
  };
}

/** Stands before every route of one rule but the one that sets it: that of somebody else's consumer is as unknown as one that never was. */
export function requireOwnRule({ queue, silenceMs }: { queue: { rules: Rules }; silenceMs: number }): RequestHandler {
  return async (request, _response, next) => {
    const rule = await within(silenceMs, aboutRule(queue.rules.getRule(ruleNameOf(request))));
    if (!mayUse(callerOf(request), rule.consumer)) throw unknownRuleProblem();
    next();
  };
}

/** A legal hold that the caller may see; that of somebody else's consumer is as unknown as one that never was. */
export async function ownHold(
  { queue, silenceMs }: { queue: Pick<SessionQueue, 'holds'>; silenceMs: number },
  caller: Caller,
  id: string,
): Promise<LegalHoldView> {
  const view = await within(silenceMs, aboutHold(queue.holds.getLegalHold(id)));
  if (!mayUse(caller, view.consumer)) throw unknownHoldProblem();
  return view;
}

/** Stands before every route of one legal hold. */
export function requireOwnHold(context: { queue: SessionQueue; silenceMs: number }): RequestHandler {
  return async (request, _response, next) => {
    await ownHold(context, callerOf(request), idOf(request));
    next();
  };
}
