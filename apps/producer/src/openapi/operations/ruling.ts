import { ruleInputSchema } from '@session-queue/core';
import { emptyBodySchema } from '../../problems/field-faults.ts';
import {
  rulePreviewSchema,
  ruleRemovedSchema,
  ruleRunSchema,
  ruleRunsSchema,
  ruleSchema,
  rulesSchema,
} from '../../requests/answer-schemas.ts';
import { rulesQuerySchema } from '../../routes/rules.ts';
import { jsonOf } from '../components.ts';
import { type Operation, problems } from '../operation.ts';
import { ruleName } from '../parameters.ts';

const rule = { path: '/v1/rules/{name}', tag: 'Rules', parameters: [ruleName] } as const;

/** Standing retention rules. */
export const ruling: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/rules',
    id: 'listRules',
    tag: 'Rules',
    summary: 'The rules, by name, each with its next moment and its last run.',
    query: rulesQuerySchema,
    answers: { 200: { description: 'At most 200', content: jsonOf(rulesSchema) } },
    problems: [...problems.reading, 'other-consumer'],
  },
  {
    ...rule,
    method: 'get',
    id: 'getRule',
    summary: 'A rule, with its next moment and its last run.',
    answers: { 200: { description: 'The rule', content: jsonOf(ruleSchema) } },
    problems: problems.readingRule,
  },
  {
    ...rule,
    method: 'put',
    id: 'putRule',
    summary: 'Make a rule, or change the one of this name.',
    description:
      'Its filter is that of a selection, with times relative to the moment of a run: `{"completed": {"olderThan": "P3Y"}}`, by the calendar of ' +
      'UTC. A run that is under way goes by the rule that it began with: once that is changed, it deletes nothing.',
    body: { required: true, content: jsonOf(ruleInputSchema) },
    answers: { 200: { description: 'The rule as it is now', content: jsonOf(ruleSchema) } },
    problems: problems.settingRule,
  },
  {
    ...rule,
    method: 'delete',
    id: 'removeRule',
    summary: 'Remove a rule. What it has asked for goes on; its runs stay for `RETENTION_DAYS` in the store.',
    answers: { 200: { description: 'It is gone', content: jsonOf(ruleRemovedSchema) } },
    problems: [...problems.readingRule, 'memory-short'],
  },
  {
    ...rule,
    path: '/v1/rules/{name}/runs',
    method: 'get',
    id: 'listRuleRuns',
    summary: 'The last 50 runs of a rule, the newest first.',
    answers: { 200: { description: 'The runs', content: jsonOf(ruleRunsSchema) } },
    problems: problems.readingRule,
  },
  {
    ...rule,
    path: '/v1/rules/{name}/run',
    method: 'post',
    id: 'runRule',
    summary: 'Have a rule run now, as its schedule would.',
    description:
      'Where a run is under way, that one is the answer. A rule that is disabled does not run: 409 `conflict`.',
    body: { required: false, content: jsonOf(emptyBodySchema) },
    answers: { 202: { description: 'Durably begun: a worker carries it out', content: jsonOf(ruleRunSchema) } },
    problems: problems.runningRule,
  },
  {
    ...rule,
    path: '/v1/rules/{name}/preview',
    method: 'post',
    id: 'previewRule',
    summary: 'What a rule would do now, and when it comes next. Nothing is deleted.',
    description: 'It makes a selection: `GET /v1/selections/{id}` shows what that finds, until it is `ready`.',
    body: { required: false, content: jsonOf(emptyBodySchema) },
    answers: { 202: { description: 'A worker walks its selection', content: jsonOf(rulePreviewSchema) } },
    problems: problems.runningRule,
  },
];
