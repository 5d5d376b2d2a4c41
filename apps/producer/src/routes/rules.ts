import { consumerNameSchema, defaultConsumer, type Rules, ruleInputSchema } from '@session-queue/core';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { callerOf } from '../auth/caller.ts';
import { mayUse, requireConsumer } from '../auth/consumer-limits.ts';
import { emptyBodySchema, emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { aboutRule } from '../problems/unknown-things.ts';
import { logRule } from '../requests/log-change.ts';
import { ruleNameOf } from '../rules/rule-name.ts';
import { within } from '../server/deadline.ts';

export interface RulesContext {
  queue: { rules: Rules };
  silenceMs: number;
  log: Logger;
}

export const rulesQuerySchema = z.strictObject({
  consumer: consumerNameSchema.optional().meta({ description: 'Of this consumer; of all when absent' }),
});

/** `GET /v1/rules`: of the rules those of consumers that the caller may use. */
export function listRules({ queue, silenceMs }: RulesContext): RequestHandler {
  return async (request, response) => {
    const { consumer } = parseOrThrow(rulesQuerySchema, request.query, 'query');
    const caller = callerOf(request);
    if (consumer !== undefined) requireConsumer(caller, consumer);
    const consumers = consumer === undefined ? undefined : [consumer];
    const rules = await within(silenceMs, queue.rules.listRules({ consumers }));
    response.json({ rules: rules.filter((rule) => mayUse(caller, rule.consumer)) });
  };
}

/** `GET /v1/rules/{name}` */
export function showRule({ queue, silenceMs }: RulesContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    response.json(await within(silenceMs, aboutRule(queue.rules.getRule(ruleNameOf(request)))));
  };
}

/** `PUT /v1/rules/{name}`: the rule as it is then. */
export function putRule({ queue, silenceMs, log }: RulesContext): RequestHandler {
  return async (request, response) => {
    const name = ruleNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const input = parseOrThrow(ruleInputSchema, request.body);
    const caller = callerOf(request);
    requireConsumer(caller, input.consumer ?? defaultConsumer);
    const put = queue.rules.putRule(name, input, { by: caller.name }).then((rule) => {
      logRule(log, request, 'set', name);
      return rule;
    });
    response.json(await within(silenceMs, put));
  };
}

/** `DELETE /v1/rules/{name}` */
export function removeRule({ queue, silenceMs, log }: RulesContext): RequestHandler {
  return async (request, response) => {
    const name = ruleNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const { name: by } = callerOf(request);
    const removed = queue.rules.removeRule(name, { by }).then(() => logRule(log, request, 'remove', name));
    await within(silenceMs, aboutRule(removed));
    response.json({ removed: true });
  };
}

/** `POST /v1/rules/{name}/run`: answers 202 once the run is durable; a worker carries it out. */
export function runRule({ queue, silenceMs, log }: RulesContext): RequestHandler {
  return async (request, response) => {
    const name = ruleNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    parseOrThrow(emptyBodySchema, request.body);
    const begun = queue.rules.runRule(name, { by: callerOf(request).name }).then((run) => {
      logRule(log, request, 'run', name);
      return run;
    });
    response.status(202).json(await within(silenceMs, aboutRule(begun)));
  };
}

/** `POST /v1/rules/{name}/preview`: answers 202 with a selection that a worker walks, and deletes nothing. */
export function previewRule({ queue, silenceMs, log }: RulesContext): RequestHandler {
  return async (request, response) => {
    const name = ruleNameOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    parseOrThrow(emptyBodySchema, request.body);
    const preview = await within(silenceMs, aboutRule(queue.rules.previewRule(name)));
    logRule(log, request, 'preview', name);
    response.status(202).json(preview);
  };
}

/** `GET /v1/rules/{name}/runs` */
export function showRuns({ queue, silenceMs }: RulesContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    response.json({ runs: await within(silenceMs, aboutRule(queue.rules.ruleRuns(ruleNameOf(request)))) });
  };
}
