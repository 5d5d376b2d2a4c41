import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  connectRedis,
  createLogger,
  type RedisConnection,
  SessionQueueClient,
  untilRedisReady,
} from '@session-queue/core';
import { HttpSessionQueue } from '@session-queue/core/client';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import type { Caller } from '../src/auth/caller.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const item = 'private-session';

describe('the lookup of a session', () => {
  let queue: MemoryQueue;
  let producer: TestProducer;

  beforeEach(() => {
    queue.isIndexing = true;
    queue.before = async () => undefined;
  });
  beforeAll(async () => {
    queue = new MemoryQueue();
    producer = await startProducer({ queue });
    await queue.deleteSessions({ sessionIds: [item, 'ä/b?c'], id: 'r0', consumer: 'one' });
    await queue.deleteSessions({ sessionIds: [item], id: 'r1', consumer: 'two' });
  });
  afterAll(async () => await producer.stop());

  const found = async (path: string) => {
    const response = await producer.fetch(`/v1/sessions/${path}`);
    expect(response.status).toBe(200);
    const { requests } = (await response.json()) as { requests: { id: string }[] };
    return requests.map(({ id }) => id);
  };

  test('names the requests that know it, and does not repeat it', async () => {
    const response = await producer.fetch(`/v1/sessions/${item}`);
    const text = await response.text();
    expect(text).not.toContain(item);
    expect(JSON.parse(text)).toEqual({
      requests: [
        expect.objectContaining({ id: 'r1', kind: 'deletion', consumer: 'two', state: 'accepted', outcome: 'waiting' }),
        expect.objectContaining({ id: 'r0', consumer: 'one' }),
      ],
    });
  });

  test('is of one consumer where one is named, and of none that nobody knows', async () => {
    expect(await found(`${item}?consumer=one`)).toEqual(['r0']);
    expect(await found(`${item}?consumer=three`)).toEqual([]);
  });

  test('is of the consumers that the caller may see, and of no other', async () => {
    const findCaller = async (token: string): Promise<Caller> => ({
      id: token,
      name: token,
      scopes: new Set(['request:read']),
      consumers: [token],
    });
    const limited = await startProducer({ queue, findCaller });
    const ask = (path: string) => limited.fetch(path, { headers: { Authorization: 'Bearer two' } });
    expect(await (await ask(`/v1/sessions/${item}`)).json()).toEqual({
      requests: [expect.objectContaining({ id: 'r1', consumer: 'two' })],
    });
    expect((await ask(`/v1/sessions/${item}?consumer=two`)).status).toBe(200);
    const refused = await ask(`/v1/sessions/${item}?consumer=one`);
    expect(refused.status).toBe(403);
    expect((await problemIn(refused)).type).toMatch(/:other-consumer$/);
    await limited.stop();
  });

  test('takes any id, and an empty list says that nothing is known', async () => {
    expect(await found(encodeURIComponent('ä/b?c'))).toEqual(['r0']);
    expect(await found('another')).toEqual([]);
  });

  test.each([
    ['a'.repeat(256), 'id'],
    ['a%0Ab', 'id'],
    [`${item}?consumer=%20`, 'consumer'],
    [`${item}?other=${item}`, 'other'],
  ])('refuses what cannot be one, and names no value (%#)', async (path, field) => {
    const response = await producer.fetch(`/v1/sessions/${path}`);
    const problem = await problemIn(response);
    const { type, errors } = problem;
    expect(type).toMatch(/:invalid-request$/);
    expect(errors?.map((one) => one.field)).toEqual([field]);
    expect(JSON.stringify(problem)).not.toContain('private');
  });

  test('says so where sessions are not indexed', async () => {
    queue.isIndexing = false;
    const response = await producer.fetch(`/v1/sessions/${item}`);
    expect(response.status).toBe(404);
    expect((await problemIn(response)).type).toMatch(/:index-off$/);
  });

  test('never lets an id into the log (invariant 9), whatever becomes of it', async () => {
    const failures = [new Error(item), Object.assign(new Error('x'), { command: { args: [item] } })];
    for (const failure of failures) {
      queue.before = async () => {
        throw failure;
      };
      expect((await producer.fetch(`/v1/sessions/${item}`)).status).toBe(500);
    }
    queue.before = async () => undefined;
    await producer.fetch(`/v1/sessions/${item}`);
    await producer.fetch(`/v1/sessions/${item}%ff`);
    await producer.fetch(`/v1/sessions/${item}/${item}`);
    await producer.fetch(`/v1/sessions/${item.repeat(20)}`);
    await producer.fetch(`/v1/sessions/${item}`, { method: 'POST' });
    await producer.fetch(`/v1/sessions/${item.repeat(2_000)}`).catch(() => undefined);
    expect(await producer.logEntry({ msg: 'request', status: 405 })).toMatchObject({ route: '/v1/sessions/:id' });
    expect(await producer.logEntry({ msg: 'request', status: 200 })).toMatchObject({ route: '/v1/sessions/:id' });
    expect(producer.logged.filter((line) => line.includes('private'))).toEqual([]);
  });
});

describe('the lookup of a session on a real Redis', () => {
  let server: TestRedis;
  let redis: RedisConnection;
  let producer: TestProducer;
  const clients: SessionQueueClient[] = [];

  const start = async (sessionIndex: boolean) => {
    const queue = new SessionQueueClient({ redis, prefix: server.prefix, sessionIndex });
    clients.push(queue);
    return await startProducer({ queue, redis, prefix: server.prefix });
  };
  beforeAll(async () => {
    server = await testRedis();
    redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
    await untilRedisReady(redis, 5_000);
    producer = await start(true);
  });
  afterAll(async () => {
    await producer.stop();
    await Promise.all(clients.map((client) => client.close()));
    redis.disconnect();
    await server.stop();
  });

  test('finds what was accepted since the index is on, over all consumers', async () => {
    for (const consumer of ['one', 'two']) {
      const response = await producer.post('/v1/deletions', { sessionIds: ['a', 'b'], consumer });
      expect(response.status).toBe(202);
    }
    const answer = await (await producer.fetch('/v1/sessions/a')).json();
    expect(answer).toEqual({
      requests: [
        expect.objectContaining({ consumer: expect.stringMatching(/^(one|two)$/), outcome: 'waiting' }),
        expect.objectContaining({ consumer: expect.stringMatching(/^(one|two)$/), outcome: 'waiting' }),
      ],
    });
    expect(await (await producer.fetch('/v1/sessions/c')).json()).toEqual({ requests: [] });
  });

  test('is the same through the client over HTTP', async () => {
    const ours = new SessionQueueClient({ redis, prefix: server.prefix, sessionIndex: true });
    clients.push(ours);
    const client = new HttpSessionQueue({ url: producer.url });
    for (const consumer of ['one', 'two', 'three']) await client.deleteSessions({ sessionIds: ['d/e ?'], consumer });
    for (const options of [{}, { consumers: ['one'] }, { consumers: ['three', 'one'] }, { consumers: [] }]) {
      const found = await client.findSession('d/e ?', options);
      expect(found).toEqual(await ours.findSession('d/e ?', options));
      expect(found).toHaveLength(options.consumers?.length ?? 3);
    }
    for (const id of ['', '..', 'a\nb']) {
      await expect(client.findSession(id)).rejects.toMatchObject({ code: 'invalid', field: 'sessionId' });
    }
    const without = await start(false);
    const there = new HttpSessionQueue({ url: without.url });
    await expect(there.findSession('a')).rejects.toMatchObject({ code: 'index_off' });
    await without.stop();
  });

  test('is off by default: nothing is kept, and it says so', async () => {
    const without = await start(false);
    await without.post('/v1/deletions', { sessionIds: ['later'] });
    expect((await problemIn(await without.fetch('/v1/sessions/later'))).type).toMatch(/:index-off$/);
    expect(await (await producer.fetch('/v1/sessions/later')).json()).toEqual({ requests: [] });
    await without.stop();
  });
});
