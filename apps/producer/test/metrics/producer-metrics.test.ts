import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { ProducerMetrics } from '../../src/metrics/producer-metrics.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

let metrics: ProducerMetrics;
let producer: TestProducer;
let redis: TestRedis;
beforeEach(async () => {
  metrics = new ProducerMetrics();
  redis = await testRedis();
  producer = await startProducer({ queue: new MemoryQueue(), redisUrl: redis.url, prefix: redis.prefix, metrics });
});
afterEach(async () => {
  await producer.stop();
  await redis.stop();
});

const lines = async () => (await metrics.registry.metrics()).split('\n');

describe('the metrics of a producer', () => {
  test('count what was accepted, once under its key, and time each answer by its route', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    for (let times = 0; times < 2; times += 1)
      await producer.post('/v1/deletions', { sessionIds: ['a', 'b'] }, headers);
    await producer.post('/v1/deletions', { sessionIds: [] });
    await producer.fetch('/v1/requests/planted-id');
    const told = await lines();
    expect(told).toContain('session_queue_accepted_requests_total{kind="deletion",consumer="default"} 1');
    expect(told).toContain('session_queue_accepted_items_total{kind="deletion",consumer="default"} 2');
    const counted = (route: string, method: string, status: number) =>
      `session_queue_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;
    expect(told).toContain(`${counted('/v1/deletions', 'POST', 202)} 2`);
    expect(told).toContain(`${counted('/v1/deletions', 'POST', 400)} 1`);
    expect(told).toContain(`${counted('/v1/requests/:id', 'GET', 404)} 1`);
    expect(told.join('\n')).not.toContain('planted-id');
  });

  test('know all outcomes of callbacks before there is one', async () => {
    metrics.calledBack('retried');
    const told = (await lines()).filter((line) => line.startsWith('session_queue_callbacks_total{'));
    expect(told).toEqual([
      'session_queue_callbacks_total{outcome="delivered"} 0',
      'session_queue_callbacks_total{outcome="retried"} 1',
      'session_queue_callbacks_total{outcome="failed"} 0',
    ]);
  });

  test('take a method that a client made up for another one', async () => {
    metrics.answered({ method: 'PLANTED', route: 'none', status: undefined, ms: 1 });
    const told = (await lines()).join('\n');
    expect(told).toContain('method="other",route="none",status="cut"');
    expect(told).not.toContain('PLANTED');
  });
});
