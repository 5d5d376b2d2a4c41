import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  checkRedis,
  connectRedis,
  createLogger,
  type RedisConnection,
  SessionQueueClient,
  untilRedisReady,
} from '@session-queue/core';
import { eventually, leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const key = { 'Idempotency-Key': 'k' };
const body = { sessionIds: ['a', 'b', 'a'] };

describe('the producer on a real Redis', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let queue: SessionQueueClient;
  let producer: TestProducer;
  let count = 0;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => await server.stop());
  beforeEach(async () => {
    count += 1;
    const prefix = `test-${count}`;
    redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
    await untilRedisReady(redis, 5_000);
    queue = new SessionQueueClient({ redis, prefix });
    const checkReadiness = async () => await checkRedis(redis);
    producer = await startProducer({
      queue,
      redis,
      prefix,
      leaseMs: 1_000,
      maxBodyBytes: 48 * 1024 * 1024,
      checkReadiness,
    });
  });
  afterEach(async () => {
    await producer.stop();
    await queue.close();
    redis.disconnect();
  });

  async function accepted(given: unknown): Promise<string> {
    const response = await producer.post('/v1/deletions', given);
    expect(response.status).toBe(202);
    return response.headers.get('location') ?? '';
  }

  test('accepts, shows, holds, releases and cancels a request', async () => {
    const path = await accepted(body);
    expect(await (await producer.fetch(path)).json()).toMatchObject({
      kind: 'deletion',
      consumer: 'default',
      counts: { total: 2, duplicates: 1, pending: 2 },
    });
    expect(await (await producer.post(`${path}/hold`)).json()).toMatchObject({ state: 'held' });
    expect((await producer.post(`${path}/release`)).status).toBe(200);
    expect(await (await producer.post(`${path}/cancel`)).json()).toMatchObject({
      state: 'cancelled',
      counts: { pending: 0, cancelled: 2 },
    });
    expect((await problemIn(await producer.post(`${path}/hold`))).status).toBe(409);
    expect((await problemIn(await producer.post(`${path}/retry`, { reason: 'mended' }))).status).toBe(409);
    expect((await problemIn(await producer.post(`${path}/parked`, { action: 'fail' }))).status).toBe(409);
    expect(await (await producer.fetch(`${path}/items?state=failed`)).json()).toEqual({ items: [] });
  });

  test('shows on open deletions that all are stopped', async () => {
    const path = await accepted(body);
    await producer.post('/v1/stop', { kind: 'deletion', reason: 'wrong list' });
    expect(await (await producer.fetch(path)).json()).toMatchObject({ allStopped: 'wrong list' });
    await producer.post('/v1/start', { kind: 'deletion' });
    expect(await (await producer.fetch(path)).json()).not.toHaveProperty('allStopped');
  });

  test('replays a large request by its key', async () => {
    const sessionIds = Array.from(
      { length: 50_000 },
      (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    );
    const first = await producer.post('/v1/deletions', { sessionIds }, key);
    const again = await producer.post('/v1/deletions', { sessionIds }, key);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.text()).toBe(await first.text());
  });

  test('answers 503 within 5 s while Redis hangs, and the retry with the same key is one request', async () => {
    await server.kill('SIGSTOP');
    const startedAt = performance.now();
    const calls = [
      producer.post('/v1/deletions', body, key),
      producer.post('/v1/deletions', body),
      producer.fetch('/v1/requests/x'),
      producer.fetch('/readyz'),
    ];
    const answers = await Promise.all(calls);
    const tookMs = performance.now() - startedAt;
    await server.kill('SIGCONT');
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    expect(tookMs).toBeLessThan(5_000);
    for (const answer of answers.slice(0, 2)) expect((await problemIn(answer)).requestId).toEqual(expect.any(String));
    const retried = await eventually(async () => {
      const answer = await producer.post('/v1/deletions', body, key);
      return answer.status === 202 && answer;
    });
    expect(await retried.json()).toMatchObject({ counts: { total: 2 } });
  });

  test('accepts nothing new while memory is short, and says so', async () => {
    const path = await accepted(body);
    const usedBytes = Number(/used_memory:(\d+)/.exec(String(await redis.call('info', ['memory'])))?.[1]);
    await redis.call('config', ['SET', 'maxmemory', Math.round(usedBytes / 0.9)]);
    try {
      const response = await producer.post('/v1/deletions', body, key);
      expect(response.headers.get('retry-after')).toBe('30');
      expect(await problemIn(response)).toMatchObject({
        status: 503,
        type: 'urn:problem-type:session-queue:memory-short',
      });
      expect(await (await producer.fetch('/readyz')).json()).toMatchObject({ problems: [{ code: 'memory_short' }] });
      expect((await producer.fetch(path)).status).toBe(200);
    } finally {
      await redis.call('config', ['SET', 'maxmemory', '0']);
    }
    expect((await producer.post('/v1/deletions', { sessionIds: ['another'] }, key)).status).toBe(202);
  });

  test('is not ready on a Redis that would lose what was accepted', async () => {
    await redis.call('config', ['SET', 'appendonly', 'no']);
    const unsafe = await producer.fetch('/readyz');
    await redis.call('config', ['SET', 'appendonly', 'yes']);
    expect([unsafe.status, await unsafe.json()]).toMatchObject([503, { problems: [{ code: 'append_only_off' }] }]);
    expect((await producer.fetch('/readyz')).status).toBe(200);
  });
});
