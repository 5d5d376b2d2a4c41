import { type RedisConnection, Refusal, type Rules, ruleNameSchema } from '@session-queue/core';
import { redisNow } from '@session-queue/core/engine';
import { Router } from 'express';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { DoneNotice } from '../actions/done-notice.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import { rulePage } from './rule-page.ts';
import { rulesPage } from './rules-page.ts';

const pageWithinMs = 5_000;

export interface RuleRoutesOptions {
  redis: RedisConnection;
  rules: Pick<Rules, 'listRules' | 'getRule' | 'ruleRuns'>;
  caller: Caller;
  doneNotice: DoneNotice;
}

/** `GET /rules` lists the retention rules, `GET /rules/<name>` shows one with its runs. */
export function ruleRoutes({ redis, rules, caller, doneNotice }: RuleRoutesOptions): Router {
  const router = Router();
  router.get('/rules', async (request, response) => {
    const account = signedIn(caller);
    const [all, now] = await redisWork(pageWithinMs, Promise.all([rules.listRules(), redisNow(redis)]));
    response.send(rulesPage({ rules: all, account, now, notice: await doneNotice(request, account) }));
  });
  router.get('/rules/:name', async (request, response) => {
    const { data: name } = ruleNameSchema.safeParse(request.params.name);
    if (name === undefined) throw unknown();
    const account = signedIn(caller);
    const read = Promise.all([rules.getRule(name), rules.ruleRuns(name), redisNow(redis)]);
    const [rule, runs, now] = await redisWork(pageWithinMs, read.catch(orUnknown));
    response.send(rulePage({ rule, runs, account, now, notice: await doneNotice(request, account) }));
  });
  return router;
}

function orUnknown(error: unknown): never {
  throw error instanceof Refusal && error.code === 'not_found' ? unknown() : error;
}

function unknown(): Refused {
  return new Refused(404, 'There is no such rule: it was never set, or has been removed.');
}
