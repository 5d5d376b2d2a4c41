import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  maxBreakdownValues,
  maxItemsPerPlainJob,
  maxItemsPerRequest,
  maxPlainJobBytes,
  maxSessionIdLength,
  maxSessionsPerHold,
  maxSubmissionBytes,
  mostHoldsListed,
  mostPageBytes,
  mostRules,
  mostRuns,
  mostYears,
} from '@session-queue/core';
import { maxCarriedLeaves } from '@session-queue/core/evidence';
import { maxFilterBodyBytes, maxSmallBodyBytes } from '../src/body/json-body.ts';
import { defaultMaxBodyBytes } from '../src/settings.ts';
import { largeAtOnce, largeItems, largeOfOne } from '../src/streams/stream-room.ts';
import { document } from './support/document.ts';

/** A bound in the schema of a body, or of a parameter, as the document has it. */
function bound(of: unknown, ...path: string[]): number {
  let at = of;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !(name in at)) throw new Error(`there is no ${path.join('.')}`);
    at = at[name as keyof typeof at];
  }
  return Number(at);
}

const { SelectionBody, SessionFilter, LegalHoldBody, RuleBody, DeletionBody } = document.components.schemas;
const mega = 1024 * 1024;
const idLength = (schema: unknown, list: string) => bound(schema, 'properties', list, 'items', 'maxLength');

function parameter(path: string, name: string): unknown {
  return document.paths[path]?.get?.parameters?.find((one) => one.name === name);
}

/** By the limit its numbers, in the order in which the page has them, as the code has them. */
const limits: Readonly<Record<string, number[]>> = {
  'items of a request': [maxItemsPerRequest],
  'a session id': [maxSessionIdLength],
  'a failed submission': [maxSubmissionBytes / mega],
  // A UUID takes 39 bytes of JSON.
  'a JSON body': [defaultMaxBodyBytes / mega, Math.min(1_000_000, Math.floor(defaultMaxBodyBytes / 39))],
  'the body of a selection, a rule, a legal hold': [maxFilterBodyBytes / mega, maxSmallBodyBytes / 1024],
  'a filter': [bound(SessionFilter, 'properties', 'userIds', 'maxItems'), idLength(SessionFilter, 'activityIds')],
  "a span of a rule's filter (`olderThan`, `newerThan`)": [mostYears],
  'the sessions of a selection': [maxItemsPerRequest],
  'the values of a breakdown': [
    maxBreakdownValues,
    bound(SelectionBody, 'properties', 'breakdown', 'properties', 'values', 'items', 'maxLength'),
  ],
  'the sessions that a legal hold names': [maxSessionsPerHold],
  'a user, an activity under a legal hold': [bound(LegalHoldBody, 'properties', 'userId', 'maxLength')],
  'legal holds': [mostHoldsListed],
  rules: [mostRules, mostRuns],
  'the `cap` of a rule': [bound(RuleBody, 'properties', 'cap', 'maximum')],
  'the leaves that a certificate carries': [maxCarriedLeaves, maxItemsPerRequest],
  'a page of a list': [
    bound(parameter('/v1/selections', 'limit'), 'schema', 'maximum'),
    bound(parameter('/v1/selections', 'consumer'), 'schema', 'maxItems'),
    bound(parameter('/v1/requests/{id}/items', 'limit'), 'schema', 'maximum'),
    mostPageBytes / mega,
  ],
  'large uploads at once': [largeItems, largeAtOnce, largeOfOne, 503],
  'a reason, a requester': [
    bound(DeletionBody, 'properties', 'reason', 'maxLength'),
    bound(DeletionBody, 'properties', 'requestedBy', 'maxLength'),
  ],
  'a `callbackUrl`': [bound(DeletionBody, 'properties', 'callbackUrl', 'maxLength')],
  'a plain BullMQ job': [maxItemsPerPlainJob, maxPlainJobBytes / mega],
};

test('the limits in docs/api.md are those of the code, each of them', () => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  const rows = (page.split('\n## Limits\n')[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| |'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const stated = Object.fromEntries(
    rows.map(([, limit = '', says = '']) => [
      limit,
      [...says.matchAll(/\b\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(',', ''))),
    ]),
  );
  expect(stated).toEqual(limits);
});

test('lists of selections and of requests are paged alike, and all lists of a filter have one bound', () => {
  expect(parameter('/v1/requests', 'limit')).toEqual(parameter('/v1/selections', 'limit'));
  const lists = ['sessionIds', 'userIds', 'activityIds', 'statuses'];
  expect(new Set(lists.map((list) => bound(SessionFilter, 'properties', list, 'maxItems'))).size).toBe(1);
});
