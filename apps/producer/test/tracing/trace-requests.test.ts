import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { type FinishedSpan, requestSpan, type SpanIds, type Tracing } from '@session-queue/tracing';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const newIds: SpanIds = { traceId: 'new trace', spanId: 'new span' };

let spans: FinishedSpan[];
let places: SpanIds[];
let producer: TestProducer;
let redis: TestRedis;
beforeEach(async () => {
  [spans, places] = [[], []];
  const tracing: Tracing = {
    telemetry: {} as Tracing['telemetry'],
    record: (span) => {
      spans.push(span);
      return span.as ?? newIds;
    },
    within: (place, work) => {
      places.push(place);
      return work();
    },
    stop: () => Promise.resolve(),
  };
  redis = await testRedis();
  producer = await startProducer({ queue: new MemoryQueue(), redisUrl: redis.url, prefix: redis.prefix, tracing });
});
afterEach(async () => {
  await producer.stop();
  await redis.stop();
});

async function ask(headers: Record<string, string> = {}): Promise<{ id: string; begins: SpanIds }> {
  const answer = await producer.post('/v1/deletions', { sessionIds: ['a'] }, headers);
  const { id } = (await answer.json()) as { id: string };
  return { id, begins: requestSpan(id) };
}

describe('the span of an HTTP request', () => {
  test('is what the trace of the request begins with that it makes, and what is stored belongs there', async () => {
    const { id, begins } = await ask();
    expect(spans).toEqual([
      {
        name: 'HTTP',
        role: 'server',
        ms: expect.any(Number),
        below: undefined,
        as: begins,
        links: [],
        facts: {
          'session_queue.request.id': id,
          'http.request.method': 'POST',
          'http.route': '/v1/deletions',
          'http.response.status_code': 202,
        },
        failed: false,
      },
    ]);
    expect(places).toEqual([begins]);
  });

  test('is part of the trace of a caller who has one, and leads to that of the request and back', async () => {
    const { begins } = await ask({ traceparent });
    const [http, request, ...more] = spans;
    expect(more).toEqual([]);
    expect(http).toMatchObject({ name: 'HTTP', below: traceparent, links: [begins] });
    expect(http?.as).toBeUndefined();
    expect(request).toMatchObject({ name: 'request', as: begins, links: [newIds] });
    expect(request?.below).toBeUndefined();
  });

  test('of the same again begins nothing, and leads to the request', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    const { begins } = await ask(headers);
    await ask(headers);
    expect(spans[0]?.as).toEqual(begins);
    expect(spans[1]).toMatchObject({ links: [begins] });
    expect(spans[1]?.as).toBeUndefined();
  });

  test('names the route and never the address, and is a failure from 500 on only', async () => {
    await producer.fetch('/v1/requests/planted-id');
    await producer.fetch('/healthz');
    await producer.fetch('/planted', { method: 'PROPFIND' });
    expect(spans.map(({ facts, failed }) => [facts?.['http.request.method'], facts?.['http.route'], failed])).toEqual([
      ['GET', '/v1/requests/:id', false],
      ['_OTHER', 'none', false],
    ]);
    expect(JSON.stringify(spans)).not.toContain('planted');
  });
});
