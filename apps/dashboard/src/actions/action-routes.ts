import { Refusal, reasonSchema } from '@session-queue/core';
import { type Request, type RequestHandler, Router, urlencoded } from 'express';
import type { Account } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import { type ActionName, actions, isActionName, mayDo } from './action.ts';
import { actionPage } from './action-page.ts';
import { type ActionSources, type Deed, deedOf } from './perform.ts';

const deadlineMs = 10_000;
/** What a reason of one letter says nobody can read later. */
const shortestReason = 3;

export interface ActionOptions extends ActionSources {
  caller: Caller;
  audit: AuditLog;
}

/** `GET /actions/<name>` asks for the reason, `POST` does it and goes back to where it was asked for. Both for those who may. */
export function actionRoutes(options: ActionOptions): Router {
  const router = Router();
  router.get('/actions/:name', askReason(options));
  router.post('/actions/:name', urlencoded({ extended: false, limit: '8kb' }), doIt(options));
  return router;
}

function askReason(options: ActionOptions): RequestHandler {
  return async (request, response) => {
    const account = signedIn(options.caller);
    const name = nameOf(request);
    requireRole(name, account);
    const deed = await redisWork(deadlineMs, deedOf(name, request.query, options));
    response.send(actionPage({ ...deed, name }, account));
  };
}

function doIt(options: ActionOptions): RequestHandler {
  return async (request, response) => {
    const account = signedIn(options.caller);
    const name = nameOf(request);
    let deed: Deed | undefined;
    const noted = (outcome: 'begun' | 'done' | 'refused', why?: string) =>
      options.audit.record({ action: name, account, outcome, address: request.ip, reason: why, ...deed?.entry });
    try {
      deed = await redisWork(deadlineMs, deedOf(name, request.body, options));
      requireRole(name, account);
    } catch (error) {
      await noted('refused', messageOf(error));
      throw error;
    }
    const given: unknown = request.body?.reason;
    const reason = reasonSchema.safeParse(typeof given === 'string' ? given.trim() : given);
    if (!reason.success || reason.data.length < shortestReason) {
      const problem = reason.success ? 'Say why in a few words.' : `The reason ${reason.error.issues[0]?.message}.`;
      const typed = typeof given === 'string' ? given.slice(0, 500) : '';
      return void response.status(400).send(actionPage({ ...deed, name, reason: typed, problem }, account));
    }
    // Before it is done: whatever dies in between, somebody has tried.
    await redisWork(deadlineMs, noted('begun', reason.data));
    try {
      await redisWork(deadlineMs, deed.act({ reason: reason.data, by: account.name }));
    } catch (error) {
      await noted('refused', messageOf(error));
      throw error;
    }
    await noted('done', reason.data);
    response.redirect(303, deed.back);
  };
}

function nameOf(request: Request): ActionName {
  const { name } = request.params;
  if (typeof name !== 'string' || !isActionName(name)) throw new Refused(404, 'There is no such action.');
  return name;
}

function requireRole(name: ActionName, { role }: Account): void {
  const { role: least } = actions[name];
  if (!mayDo(role, least)) throw new Refused(403, `This takes the role ${least}; yours is ${role}.`);
}

/** What Session Queue or the dashboard itself refused with; anything else may hold what it likes. */
function messageOf(error: unknown): string {
  return error instanceof Refused || error instanceof Refusal ? error.message : 'it failed';
}
