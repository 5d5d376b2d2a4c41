import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      {
        responses: Record<string, unknown>;
        requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
      }
    >
  >;
}

describe('the OpenAPI document', () => {
  let producer: TestProducer;
  let document: Document;

  beforeAll(async () => {
    producer = await startProducer({ queue: new MemoryQueue() });
    document = (await (await producer.fetch('/openapi.json')).json()) as Document;
  });
  afterAll(async () => await producer.stop());

  test('describes what is there: no operation it names is a 404 or a 405', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
    );
    expect(operations).toHaveLength(13);
    for (const { path, method } of operations) {
      const response = await producer.fetch(path.replace('{id}', 'none'), { method });
      const { type } = (await response.json()) as { type?: string };
      expect(String(type)).not.toMatch(/:not-found$|:method-not-allowed$/);
    }
  });

  test('says of everything that takes a body that it may be too large, too slow or no JSON', () => {
    const posts = Object.values(document.paths).flatMap(({ post }) => (post === undefined ? [] : [post]));
    expect(posts.length).toBeGreaterThan(8);
    for (const { responses } of posts)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['408', '413', '415']));
  });

  test('shows the body of a deletion as it is checked', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/v1/deletions']?.post?.requestBody?.content['application/json']?.schema).toMatchObject({
      type: 'object',
      required: ['sessionIds'],
      additionalProperties: false,
      properties: {
        sessionIds: { type: 'array', minItems: 1, maxItems: 5_000_000, items: { type: 'string', maxLength: 255 } },
        consumer: { type: 'string' },
      },
    });
  });
});
