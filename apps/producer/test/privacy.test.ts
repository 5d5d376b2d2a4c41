import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Refusal } from '@session-queue/core';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const item = 'private-session-id';
const token = 'private-token';
const key = 'private-idempotency-key';

describe('the log (invariant 9)', () => {
  const queue = new MemoryQueue();
  let redis: TestRedis;
  let producer: TestProducer;

  beforeAll(async () => {
    redis = await testRedis();
    producer = await startProducer({
      queue,
      redisUrl: redis.url,
      prefix: redis.prefix,
      findKey: (given) => (given === token ? 'billing' : undefined),
    });
  });
  afterAll(async () => {
    await producer.stop();
    await redis.stop();
  });

  test('names a request by method, route, status, time and caller, and holds nothing private', async () => {
    const headers = { Authorization: `Bearer ${token}`, 'Idempotency-Key': key };
    await producer.post('/v1/deletions', { sessionIds: [item], reason: item }, headers);
    await producer.post('/v1/deletions', { sessionIds: [`${item}\n`], [item]: item }, headers);
    await producer.post('/v1/deletions', `{"sessionIds":[${item}`, headers);
    await producer.post('/v1/stop', { kind: 'deletion', reason: item }, headers);
    await producer.fetch(`/v1/requests/${item}?${item}=${item}`, { headers });
    await producer.fetch(`/${item}`, { headers });
    await producer.fetch('/v1/requests/x', { headers: { Authorization: `Bearer ${token}x` } });
    const failures = [
      new Refusal('unavailable', item, {
        cause: Object.assign(new Error(item), { code: 'ECONNRESET', command: { args: [item] } }),
      }),
      Object.assign(new Error(`bad ${item}`), { command: { args: [item] } }),
    ];
    for (const failure of failures) {
      queue.before = async () => {
        throw failure;
      };
      await producer.post('/v1/deletions', { sessionIds: [item] }, { Authorization: `Bearer ${token}` });
      await producer.post(`/v1/requests/${item}/cancel`, undefined, { Authorization: `Bearer ${token}` });
    }
    const last = await producer.logEntry({ msg: 'request', status: 500 });
    expect(last).toMatchObject({ method: 'POST', route: '/v1/deletions', caller: 'billing', ms: expect.any(Number) });
    expect(await producer.logEntry({ msg: 'request', status: 401 })).toMatchObject({ route: 'none' });
    expect(await producer.logEntry({ msg: 'a request was put off' })).toMatchObject({
      problem: 'unavailable',
      by: 'billing',
      error: { name: 'Refusal', cause: { name: 'Error', code: 'ECONNRESET' } },
    });
    expect(await producer.logEntry({ msg: 'a request failed' })).toMatchObject({ error: { name: 'Error' } });
    expect(producer.logged.filter((line) => line.includes('private'))).toEqual([]);
    expect(producer.logged.filter((line) => line.includes('"msg":"request"'))).toHaveLength(11);
  });

  test('an answer to an unforeseen error tells nothing of it', async () => {
    queue.before = async () => {
      throw new Error(item);
    };
    const response = await producer.fetch('/v1/requests/x', { headers: { Authorization: `Bearer ${token}` } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('private');
  });

  test('says who changed which request, by the name of the key, and why never', async () => {
    queue.before = async () => {};
    const headers = { Authorization: `Bearer ${token}` };
    const notes = { reason: item, requestedBy: item, consumer: 'north' };
    const keyed = { ...headers, 'Idempotency-Key': `${key}-2` };
    const made = await producer.post('/v1/deletions', { sessionIds: [item], ...notes }, keyed);
    const { id } = (await made.json()) as { id: string };
    // What was kept already is no change.
    expect((await producer.post('/v1/deletions', { sessionIds: [item], ...notes }, keyed)).status).toBe(202);
    await producer.post(`/v1/requests/${id}/hold`, undefined, headers);
    await producer.post(`/v1/requests/${id}/release`, undefined, headers);
    queue.report(id, 'parked', [{ item, code: item, message: item }]);
    await producer.post(`/v1/requests/${id}/parked`, { action: 'fail' }, headers);
    queue.report(id, 'failed', [{ item, code: item, message: item }]);
    await producer.post(`/v1/requests/${id}/retry`, { reason: item }, headers);
    await producer.post(`/v1/requests/${id}/cancel`, undefined, headers);
    // Refused, and so no change either.
    await producer.post(`/v1/requests/${id}/cancel`, undefined, headers);
    await producer.post(`/v1/requests/${item}/cancel`, undefined, headers);
    await producer.post('/v1/start', { kind: 'deletion' }, headers);

    const changes = producer.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((entry) => entry.request === id || entry.change === 'start');
    const own = { by: 'billing', request: id, consumer: 'north', kind: 'deletion', level: 30 };
    expect(changes).toEqual([
      ...['create', 'hold', 'release', 'fail-parked', 'retry', 'cancel'].map((change) =>
        expect.objectContaining({ change, ...own }),
      ),
      expect.objectContaining({ change: 'start', by: 'billing', kind: 'deletion', level: 40 }),
    ]);
    expect(producer.logged.filter((line) => line.includes('private'))).toEqual([]);
  });
});
