import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { callbackEvent } from '../src/callbacks/event.ts';
import { holdToDocument } from './support/conformance.ts';
import { type DocumentedContent, document } from './support/document.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { checkClosed, checkOpen } from './support/schema-check.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);
const contents = operations.flatMap(({ operationId, requestBody, responses }) => [
  ...Object.entries(requestBody?.content ?? {}).map(([type, content]) => ({
    of: `body of ${operationId}`,
    type,
    content,
  })),
  ...Object.entries(responses).flatMap(([status, { content }]) =>
    Object.entries(content).map(([type, one]) => ({ of: `${status} of ${operationId}`, type, content: one })),
  ),
]);
const examplesOf = ({ example, examples = {} }: DocumentedContent): unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples).map(({ value }) => value),
];

describe('the OpenAPI document', () => {
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue: new MemoryQueue() });
  });
  afterAll(async () => await producer.stop());

  test('is served as it is made, and is a document of OpenAPI 3.1', async () => {
    expect(await (await producer.fetch('/openapi.json')).json()).toEqual(document);
    expect(document.openapi).toBe('3.1.0');
  });

  test('stands in docs/openapi.json as the code makes it (else: npm run docs)', () => {
    const written: unknown = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));
    expect(written).toEqual(document);
  });

  test('names every route of the app and no other', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(producer.routes.toSorted());
  });

  test('has an example for every body and every answer, each as its schema says', () => {
    expect(contents.length).toBeGreaterThan(100);
    for (const { of, type, content } of contents) {
      const examples = examplesOf(content);
      if (of !== '200 of openApi') expect({ of, examples: examples.length }).not.toEqual({ of, examples: 0 });
      for (const example of examples) {
        const check = of.startsWith('body') ? checkOpen : checkClosed;
        expect({ of, type, fault: check(content.schema, example) }).toEqual({ of, type, fault: undefined });
      }
    }
  });

  test('names no kind of problem that docs/api.md does not', () => {
    const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
    const kinds = contents.flatMap(({ type, content: { examples = {} } }) =>
      type === 'application/problem+json' ? Object.keys(examples) : [],
    );
    expect(new Set(kinds).size).toBeGreaterThan(15);
    for (const kind of new Set(kinds)) expect(page).toContain(`\`${kind}\``);
  });

  test('shows what a callback is told, as it is made', () => {
    const content = document.webhooks.requestEnded?.post.requestBody.content['application/json'];
    const example = content?.example as { data: RequestView; timestamp: string };
    const callback = { state: 'pending', attempts: 0, at: example.timestamp } as const;
    expect(callbackEvent({ ...example.data, callback }, example.timestamp)).toEqual(example);
    expect(checkClosed(content?.schema ?? {}, example)).toBeUndefined();
  });

  test('says of everything that takes a body that it may be too large, too slow or of a wrong type', () => {
    const posts = operations.filter(({ method }) => method === 'post');
    expect(posts.length).toBeGreaterThan(8);
    for (const { responses } of posts)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['408', '413', '415']));
  });

  test('gives every operation and every parameter in a path its name', () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, parameters = [] } of operations) {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
    }
  });

  test('shows the body of a deletion as it is checked', () => {
    expect(document.components.schemas.DeletionBody).toMatchObject({
      type: 'object',
      required: ['sessionIds'],
      additionalProperties: false,
      properties: {
        sessionIds: { type: 'array', minItems: 1, maxItems: 5_000_000, items: { type: 'string', maxLength: 255 } },
        consumer: { type: 'string' },
        reason: { pattern: String.raw`^\P{Cc}*$` },
      },
    });
  });

  test('says what may be missing', () => {
    expect(document.components.schemas.Request?.required).toEqual([
      'id',
      'kind',
      'consumer',
      'state',
      'counts',
      'priority',
      'createdAt',
    ]);
  });
});

describe('every answer that a test gets is held to the document', () => {
  const json = (status: number, body: unknown, type = 'application/json'): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
  const problem = (status: number, kind: string): Response =>
    json(status, { type: `urn:problem-type:session-queue:${kind}`, title: 'x', status }, 'application/problem+json');

  test.each<[string, Response, RegExp | undefined]>([
    ['/v1/consumers', json(200, { consumers: ['a'] }), undefined],
    ['/v1/consumers?x=1', problem(400, 'invalid-request'), undefined],
    ['/v1/nothing', problem(404, 'not-found'), undefined],
    ['/v1/consumers', json(200, { consumers: [1] }), /must be string/],
    ['/v1/consumers', json(200, { consumers: [], more: 1 }), /must NOT have additional properties/],
    ['/v1/consumers', json(200, { consumers: [] }, 'text/plain'), /its type is text\/plain/],
    ['/v1/consumers', json(201, { consumers: [] }), /not documented/],
    ['/v1/consumers', problem(400, 'too-slow'), /'too-slow' is not documented/],
    ['/v1/requests/x', problem(409, 'conflict'), /not documented/],
    ['/v1/nothing', json(200, {}), /no operation is documented there/],
    ['/v1/nothing', json(404, {}), /its type is application\/json/],
  ])('%s %j', async (path, response, fault) => {
    const held = holdToDocument('GET', path, response);
    if (fault === undefined) await held;
    else await expect(held).rejects.toThrow(fault);
  });
});
