import { Refusal } from '@session-queue/core';
import { type Request, type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { AuditedAct, AuditLog } from '../audit/audit-log.ts';
import { addressOf } from '../http/address.ts';
import { checkFormToken } from '../http/form-token.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import { count } from '../pages/wording.ts';
import { type ActionTarget, findTarget, type TargetSources } from './action-target.ts';
import { type Action, actionWords, isAction } from './action-words.ts';
import { askPage } from './ask-page.ts';
import { givenReason } from './given-reason.ts';
import { may, refusalOf } from './least-roles.ts';
import { idsAreGone } from './typed-ids.ts';

const findWithinMs = 5_000;
const actWithinMs = 10_000;
/** The form of a legal hold has up to 1,000 ids of sessions. */
const manyIds = '300kb';
/** That of a selection as many of sessions, learners and activities each; as much as the HTTP API takes. */
const manyIdsEach = '1mb';

export interface ActionOptions extends TargetSources {
  caller: Caller;
  audit: AuditLog;
}

/** `GET /actions/<action>` asks why, `POST` does it and leads back to where somebody came from. */
export function actionRoutes(options: ActionOptions): Router {
  const router = Router();
  router.get('/actions/:action', ask(options));
  router.post('/actions/place-hold', urlencoded({ extended: false, limit: manyIds }));
  router.post('/actions/select', urlencoded({ extended: false, limit: manyIdsEach }));
  router.post('/actions/:action', urlencoded({ extended: false, limit: '8kb' }), act(options));
  return router;
}

function ask(options: ActionOptions): RequestHandler {
  return async (request, response) => {
    const account = signedIn(options.caller);
    const action = actionOf(request);
    if (!may(account, action)) throw new Refused(403, refusalOf(account, action));
    const target = await redisWork(findWithinMs, findTarget(action, request.query, options));
    response.send(askPage({ action, target, account }));
  };
}

function act(options: ActionOptions): RequestHandler {
  const { caller, audit } = options;
  return async (request, response) => {
    const account = signedIn(caller);
    const action = actionOf(request);
    const doing: AuditedAct = { action, account, address: addressOf(request) };
    const target = await permitted(request, action, doing, options);
    const { reason, problem } = readForm(action, target, request.body);
    if (problem !== undefined) {
      return void response.status(400).send(askPage({ action, target, account, reason, problem }));
    }
    const begun = await redisWork(
      findWithinMs,
      audit.begin({ ...doing, target: target.name, about: target.about, reason }),
    );
    try {
      await redisWork(target.withinMs ?? actWithinMs, target.act({ reason, by: account.name }));
    } catch (error) {
      const isRefused = error instanceof Refusal || (error instanceof Refused && error.status < 500);
      const detail = isRefused ? error.message : 'Redis did not answer in time: it may have been done';
      await audit.end(begun, { outcome: isRefused ? 'refused' : 'failed', detail });
      if (isRefused) throw conflict(error, target);
      throw new Refused(503, `${detail}. Look whether it was before you do it again.`, { cause: error });
    }
    const { detail, back, onward = back } = target;
    const place = await audit.end(begun, { outcome: 'done', ...(detail !== undefined && { detail }) });
    response.redirect(303, place ? withNotice(onward, place) : onward);
  };
}

/** What the form is about, for somebody who may. Each refusal is noted. */
async function permitted(
  request: Request,
  action: Action,
  doing: AuditedAct,
  options: ActionOptions,
): Promise<ActionTarget> {
  const account = signedIn(options.caller);
  let target: ActionTarget | undefined;
  try {
    checkFormToken(request, account);
    if (!may(account, action)) throw new Refused(403, refusalOf(account, action));
    target = await redisWork(findWithinMs, findTarget(action, request.body, options));
    return target;
  } catch (error) {
    if (error instanceof Refused && error.status < 500) {
      await options.audit.note(doing, { outcome: 'refused', detail: error.message });
    }
    throw error;
  }
}

function readForm(
  action: Action,
  { typed, problem, hasTypedIds = false }: ActionTarget,
  body: unknown,
): { reason: string; problem?: string } {
  const form = z
    .object({ reason: z.string().catch(''), confirmed: z.string().optional(), typed: z.string().optional() })
    .catch({ reason: '' })
    .parse(body ?? {});
  const given = givenReason(form.reason);
  if (given.problem !== undefined) {
    return { ...given, problem: hasTypedIds ? `${given.problem} ${idsAreGone}` : given.problem };
  }
  if (problem !== undefined) return { ...given, problem };
  if (typed !== undefined)
    return form.typed?.replaceAll(/[\s,]/g, '') === String(typed)
      ? given
      : { ...given, problem: `Type ${count(typed)}, the number of sessions. Nothing was done.` };
  if (actionWords[action].isFinal && form.confirmed !== 'yes') {
    return { ...given, problem: 'Say that you know that it cannot be undone. Nothing was done.' };
  }
  return given;
}

function actionOf(request: Request): Action {
  const word = request.params.action;
  if (typeof word !== 'string' || !isAction(word)) throw new Refused(404, 'There is no such action.');
  return word;
}

/** What cannot be done as things are now says what to do. */
function conflict(error: unknown, { back }: ActionTarget): unknown {
  if (!(error instanceof Refusal) || error.code !== 'conflict') return error;
  const message = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1).replace(/\.$/, '')}.`;
  const way = back === '/' ? undefined : { path: back, words: 'See how it stands now' };
  return new Refused(409, message, { cause: error, ...(way !== undefined && { way }) });
}

function withNotice(path: string, place: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${place}`;
}
