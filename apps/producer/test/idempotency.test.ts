import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal } from '@session-queue/core';
import { deferred, eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const leaseMs = 300;
const body = { sessionIds: ['a', 'b'] };

describe('an Idempotency-Key', () => {
  let server: TestRedis;
  let redis: Redis;
  /** Both producers stand before the same queue, as two processes would. */
  let queue: MemoryQueue;
  let one: TestProducer;
  let two: TestProducer;
  let testCount = 0;
  let prefix: string;
  const key = { 'Idempotency-Key': 'key-1' };

  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    queue = new MemoryQueue();
    testCount += 1;
    prefix = `${server.prefix}-${testCount}`;
    const options = { queue, redisUrl: server.url, prefix, leaseMs };
    [one, two] = await Promise.all([startProducer(options), startProducer(options)]);
  });
  afterEach(async () => {
    await Promise.all([one.stop(), two.stop()]);
  });

  async function records(): Promise<string[]> {
    return await redis.keys(`${prefix}:idempotency:*`);
  }

  test('with the same body brings the same answer again, byte for byte, from either producer', async () => {
    const first = await one.post('/v1/deletions', body, key);
    expect(first.status).toBe(202);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const text = await first.text();
    for (const producer of [one, two]) {
      const again = await producer.post('/v1/deletions', body, key);
      expect(again.status).toBe(202);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(await again.text()).toBe(text);
    }
    expect(queue.asked).toHaveLength(1);
  });

  test('knows the same body however its JSON is written', async () => {
    await one.post('/v1/deletions', '{"sessionIds":["a","b"],"reason":"x"}', key);
    const again = await two.post('/v1/deletions', '{ "reason": "\\u0078",\n "sessionIds": ["a", "b"] }', key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test.each([
    ['another item', '/v1/deletions', { sessionIds: ['a', 'c'] }],
    ['another order', '/v1/deletions', { sessionIds: ['b', 'a'] }],
    ['another note', '/v1/deletions', { ...body, reason: 'why' }],
    ['another consumer', '/v1/deletions', { ...body, consumer: 'north' }],
    ['another kind', '/v1/resubmissions', { submissions: ['AAAA'] }],
  ])('with %s is a 422', async (_what, path, other) => {
    await one.post('/v1/deletions', body, key);
    const response = await two.post(path, other, key);
    expect(await problemIn(response)).toMatchObject({ status: 422, type: 'urn:problem-type:session-queue:key-reused' });
    expect(queue.kept.size).toBe(1);
  });

  test('that is being worked on is a 409 which says when to come again', async () => {
    const gate = deferred();
    const begun = deferred();
    queue.before = async () => {
      begun.resolve();
      await gate.promise;
    };
    const first = one.post('/v1/deletions', body, key);
    await begun.promise;
    const meanwhile = await two.post('/v1/deletions', body, key);
    const problem = await problemIn(meanwhile);
    expect(problem).toMatchObject({ status: 409, type: 'urn:problem-type:session-queue:in-progress' });
    expect(Number(meanwhile.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    gate.resolve();
    expect(((await (await first).json()) as { id: string }).id).toBe(problem.requestId);
    expect((await two.post('/v1/deletions', body, key)).headers.get('idempotent-replayed')).toBe('true');
    expect(queue.asked).toHaveLength(1);
  });

  test('used by many at once on both producers is done once', async () => {
    const calls = Array.from(
      { length: 20 },
      async (_, n) => await (n % 2 === 0 ? one : two).post('/v1/deletions', body, key),
    );
    const statuses = (await Promise.all(calls)).map((response) => response.status);
    expect(new Set(statuses)).toEqual(new Set([202, 409]));
    expect(queue.asked).toHaveLength(1);
    expect(queue.kept.size).toBe(1);
  });

  test('keeps its lease while a long upload goes on', async () => {
    const gate = deferred();
    queue.before = async () => await gate.promise;
    const first = one.post('/v1/deletions', body, key);
    await eventually(async () => (await records()).length > 0);
    const [record = ''] = await records();
    const leaseUntil = async () => Number(await redis.hget(record, 'leaseUntil'));
    const start = await leaseUntil();
    await eventually(async () => (await leaseUntil()) > start + 2 * leaseMs);
    expect((await two.post('/v1/deletions', body, key)).status).toBe(409);
    gate.resolve();
    expect((await first).status).toBe(202);
  });

  test('whose producer died in the middle is taken over under the same request id', async () => {
    await one.post('/v1/deletions', body, key);
    const [record = ''] = await records();
    const id = await redis.hget(record, 'id');
    // The record as a producer leaves it that died before its answer.
    const [seconds] = await redis.time();
    await redis.hset(record, { state: 'running', owner: 'the dead', leaseUntil: (Number(seconds) + 2) * 1000 });
    await redis.hdel(record, 'answer');

    expect((await two.post('/v1/deletions', body, key)).status).toBe(409);
    const response = await eventually(async () => {
      const answer = await two.post('/v1/deletions', body, key);
      return answer.status === 202 && answer;
    });
    expect(await response.json()).toMatchObject({ id, counts: { total: 2 } });
    expect(response.headers.get('idempotent-replayed')).toBeNull();
    expect(queue.asked).toEqual([id, id]);
    expect(queue.kept.size).toBe(1);
  });

  test('stays with its request id when it is not known what was kept', async () => {
    queue.before = async () => {
      throw new Refusal('unavailable', 'the reply was lost');
    };
    const lost = await one.post('/v1/deletions', body, key);
    const { requestId } = await problemIn(lost);
    expect(lost.status).toBe(503);
    queue.before = async () => {};
    const retried = await eventually(async () => {
      const answer = await two.post('/v1/deletions', body, key);
      return answer.status === 202 && answer;
    });
    expect(await retried.json()).toMatchObject({ id: requestId });
    expect(queue.asked).toEqual([requestId, requestId]);
  });

  test.each(['unknown_consumer', 'memory_short', 'invalid'] as const)(
    'is free again after a refusal that kept nothing: %s',
    async (code) => {
      queue.before = async () => {
        throw new Refusal(code, 'no');
      };
      expect((await one.post('/v1/deletions', body, key)).ok).toBe(false);
      expect(await records()).toEqual([]);
      queue.before = async () => {};
      expect((await two.post('/v1/deletions', { sessionIds: ['corrected'] }, key)).status).toBe(202);
    },
  );

  test('is not free again when an earlier attempt may have kept something', async () => {
    const refusals = [new Refusal('unavailable', 'lost'), new Refusal('memory_short', 'full')];
    queue.before = async () => {
      const next = refusals.shift();
      if (next) throw next;
    };
    const first = await problemIn(await one.post('/v1/deletions', body, key));
    const second = await eventually(async () => {
      const problem = await problemIn(await two.post('/v1/deletions', body, key));
      return problem.status === 503 && problem;
    });
    expect(second.requestId).toBe(first.requestId);
    expect((await two.post('/v1/deletions', { sessionIds: ['other'] }, key)).status).toBe(422);
    expect(await (await two.post('/v1/deletions', body, key)).json()).toMatchObject({ id: first.requestId });
  });

  test('is not spent by input that is refused before it', async () => {
    expect((await one.post('/v1/deletions', { sessionIds: [''] }, key)).status).toBe(400);
    expect((await one.post('/v1/deletions', body, key)).status).toBe(202);
  });

  test('belongs to its API key: another service may use the same one', async () => {
    const findKey = (token: string) => ({ t1: 'billing', t2: 'support' })[token];
    const producer = await startProducer({ queue, redisUrl: server.url, prefix, findKey });
    const ask = async (token: string, ids: string[]) =>
      await producer.post('/v1/deletions', { sessionIds: ids }, { ...key, Authorization: `Bearer ${token}` });
    const [billing, support] = [await ask('t1', ['a']), await ask('t2', ['b'])];
    await producer.stop();
    expect([billing.status, support.status]).toEqual([202, 202]);
    expect(queue.kept.size).toBe(2);
  });

  test('is kept for 24 hours, and its record names neither key nor items', async () => {
    await one.post('/v1/deletions', { sessionIds: ['private-id'] }, key);
    const [record = ''] = await records();
    expect(record).toMatch(/:idempotency:\{[0-9a-f]{64}\}$/);
    const ttlMs = await redis.pttl(record);
    expect(ttlMs).toBeGreaterThan(24 * 3_600_000 - 10_000);
    expect(ttlMs).toBeLessThanOrEqual(24 * 3_600_000);
    expect(JSON.stringify(await redis.hgetall(record))).not.toMatch(/private-id|key-/);
  });
});
