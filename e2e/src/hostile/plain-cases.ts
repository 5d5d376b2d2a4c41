import { itemsField, type Kind, kinds, requestNotesSchema } from '@session-queue/core';
import type { JobsOptions } from 'bullmq';
import fc from 'fast-check';
import { z } from 'zod';
import { jsonOf } from './check-answer.ts';
import type { Operation } from './contract.ts';
import { bodyText, type Draft } from './draft.ts';
import { goodDraft } from './good-drafts.ts';
import { changed } from './http-cases.ts';
import { jsonSchemaSchema } from './json-schema.ts';
import { uniquePlace } from './places.ts';
import { bodyChanges } from './word-changes.ts';

/** One plain BullMQ job: good, or with some things made wrong. */
export interface PlainCase {
  kind: Kind;
  name: string;
  /** BullMQ numbers it when absent. */
  jobId: string | undefined;
  /** JSON, or what only looks like it. */
  data: string;
  opts: JobsOptions;
  /** Written into Redis by hand: BullMQ's client would refuse it. */
  isRaw: boolean;
  changes: readonly string[];
}

const mostChanges = 2;

/** Jobs of both kinds, from the schemas that intake checks them by. */
export function plainCases(consumers: readonly string[]): fc.Arbitrary<PlainCase> {
  return fc.oneof(...kinds.map((kind) => casesOf(kind, consumers)));
}

function casesOf(kind: Kind, consumers: readonly string[]): fc.Arbitrary<PlainCase> {
  const operation = plainOperation(kind);
  const changes = fc.oneof(
    fc.oneof(...bodyChanges(operation)),
    fc.constantFrom(...looksLikeOurs),
    fc.constant(unknown),
  );
  return fc
    .record({
      draft: fc
        .tuple(goodDraft(operation, { host: '', token: '', consumers }), fc.array(changes, { maxLength: mostChanges }))
        .map(([good, made]) => made.reduce(changed, good)),
      name: fc.constantFrom('delete', 'resubmit', '', '__proto__', 'batch', '\u0000', 'é'.repeat(300)),
      isNumbered: fc.boolean(),
      opts: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constantFrom(...oddOptions) },
      ),
      rawId: fc.option(fc.constantFrom(...oddJobIds), { nil: undefined, freq: 6 }),
    })
    .map(({ draft, name, isNumbered, opts, rawId }) => {
      const data = bodyText(draft) ?? '';
      const isJson = jsonOf(data) !== undefined;
      // Of a job that is removed as it ends nothing is left that would say which request it was.
      const keepsNumber = isNumbered && isJson && rawId === undefined && Object.keys(opts).length === 0;
      return {
        kind,
        name,
        jobId: keepsNumber ? undefined : (rawId ?? `plain-${uniquePlace}`),
        data,
        opts,
        isRaw: rawId !== undefined || !isJson,
        changes:
          rawId === undefined ? draft.changes : [...draft.changes, `the id ${JSON.stringify(rawId.slice(0, 20))}`],
      };
    });
}

/** What intake takes, in the form of an operation. The schemas of the items are those of the HTTP API. */
function plainOperation(kind: Kind): Operation {
  const notes = jsonSchemaSchema.parse(z.toJSONSchema(requestNotesSchema));
  const item = kind === 'deletion' ? { minLength: 1, maxLength: 255 } : { minLength: 4, contentEncoding: 'base64' };
  const properties = {
    ...notes.properties,
    request: { type: 'string', enum: [`11111111-1111-4111-8111-${uniquePlace}`] },
    [itemsField[kind]]: { type: 'array', items: { type: 'string', ...item } },
    ...(kind === 'resubmission' ? { ignoreResponseRevisions: { type: 'boolean' } } : {}),
  };
  const body = { type: 'object', properties, required: [itemsField[kind]] };
  return { id: kind, method: '', path: '', needsToken: false, parameters: [], body, answers: new Map() };
}

const replaceAll = (text: string) => (draft: Draft) => Object.assign(draft, { text });

/** Data that intake takes for a job which it has taken in or refused before. */
const looksLikeOurs = [
  {
    what: 'data as of a job that was taken in',
    make: replaceAll(`{"request":"plain-${uniquePlace}","consumer":"default","total":1}`),
  },
  {
    what: 'data as of a job that was refused',
    make: replaceAll('{"consumer":"default","refused":"its id belongs to a request with other content"}'),
  },
];
const unknown = {
  what: 'a consumer that nobody knows',
  make: (draft: Draft) => {
    draft.fields = [...(draft.fields ?? []).filter(([name]) => name !== 'consumer'), ['consumer', '"nobody"']];
  },
};

const oddOptions: readonly JobsOptions[] = [
  { attempts: 1_000_000, backoff: { type: 'exponential', delay: 1 } },
  { attempts: 0 },
  { attempts: -1, backoff: -1 },
  { backoff: { type: 'no such strategy', delay: 1 }, attempts: 3 },
  { delay: 50 },
  { priority: 2_097_151 },
  { lifo: true },
  { removeOnComplete: true },
  { removeOnFail: true },
  { removeOnComplete: true, removeOnFail: true },
  { removeOnComplete: { age: 0, count: 0 }, removeOnFail: { age: 0 } },
  { removeOnFail: -1, removeOnComplete: 0 },
  { stackTraceLimit: 0, keepLogs: 0 },
  { sizeLimit: 10_000_000 },
  { timestamp: 0 },
];

/** None of them is the name of one of BullMQ's own keys: whoever writes those can as well empty Redis. */
const oddJobIds = [
  `a:b:${uniquePlace}`,
  `}{${uniquePlace}`,
  `\u0001${uniquePlace}`,
  `two\r\nlines ${uniquePlace}`,
  `${uniquePlace}${'x'.repeat(300)}`,
  `../${uniquePlace}`,
  `%00${uniquePlace}`,
  `*${uniquePlace}`,
  `<b>${uniquePlace}`,
];

/** A case in words: enough to make it again by hand. */
export function describePlainCase({ data, ...rest }: PlainCase): string {
  return JSON.stringify({ ...rest, name: rest.name.slice(0, 20), data: data.slice(0, 200) });
}
