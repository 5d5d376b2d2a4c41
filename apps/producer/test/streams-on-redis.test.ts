import { request as ask } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  connectRedis,
  createLogger,
  type RedisConnection,
  SessionQueueClient,
  untilRedisReady,
} from '@session-queue/core';
import { HttpSessionQueue } from '@session-queue/core/client';
import { eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const csv = { 'Content-Type': 'text/csv' };
const key = { 'Idempotency-Key': 'k' };
const ids = Array.from({ length: 30_000 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const body = ids.join('\n');

describe('a stream on a real Redis', () => {
  let server: TestRedis;
  let redis: RedisConnection;
  let queue: SessionQueueClient;
  let producer: TestProducer;
  let prefix: string;
  let count = 0;

  beforeAll(async () => {
    server = await testRedis();
  });
  afterAll(async () => await server.stop());
  beforeEach(async () => {
    count += 1;
    prefix = `${server.prefix}-${count}`;
    redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
    await untilRedisReady(redis, 5_000);
    queue = new SessionQueueClient({ redis, prefix });
    producer = await startProducer({ queue, redis, prefix });
  });
  afterEach(async () => {
    await producer.stop();
    await queue.close();
    redis.disconnect();
  });

  /** Keys of requests: records, items, uploads. */
  async function requestKeys(): Promise<string[]> {
    const keys = await redis.keys(`${prefix}:{default}:*`);
    return keys.filter((name) => /:request:|:receiving$/.test(name));
  }

  /** Begins an upload; answers with the client's end of it once some of its items lie in Redis. */
  async function begun() {
    const client = ask({ port: producer.port, host: '127.0.0.1', path: '/v1/deletions', method: 'POST', headers: csv });
    client.on('error', () => undefined);
    client.write(`${body}\n`);
    await eventually(async () => (await requestKeys()).some((name) => name.endsWith(':items')));
    return client;
  }

  test('is one request, whole, and the same again under its key', async () => {
    const first = await producer.post('/v1/deletions', body, { ...csv, ...key });
    expect(await first.clone().json()).toMatchObject({ counts: { total: 30_000, duplicates: 0 } });
    const again = await producer.post('/v1/deletions', body, { ...csv, ...key });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.text()).toBe(await first.text());
    for (const other of [`${body}\nmore`, ids.toReversed().join('\n'), 'few']) {
      expect(await problemIn(await producer.post('/v1/deletions', other, { ...csv, ...key }))).toMatchObject({
        status: 422,
        type: 'urn:problem-type:session-queue:key-reused',
      });
    }
    expect((await requestKeys()).length).toBe(2);
  });

  test('is nothing before its end, and nothing stays of one that is cut off', async () => {
    const client = await begun();
    const [name = ''] = (await requestKeys()).filter((one) => one.endsWith(':items'));
    expect(await redis.llen(name)).toBeGreaterThan(1_000);
    expect(await redis.hget(name.replace(/:items$/, ''), 'state')).toBe('receiving');
    client.destroy();
    await eventually(async () => (await requestKeys()).length === 0);
    expect(await producer.logEntry({ msg: 'request', cut: true })).toMatchObject({ route: '/v1/deletions' });
  });

  test('of which a late line is bad is refused, and nothing stays of it', async () => {
    const client = await begun();
    const answer = new Promise<number | undefined>((resolve) => {
      client.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
    client.end('\u0007\n');
    expect(await answer).toBe(400);
    await eventually(async () => (await requestKeys()).length === 0);
  });

  test('says in the request how many lines were left out', async () => {
    const response = await producer.post('/v1/deletions?onInvalid=skip', `${body}\n\u0007\n\u0007`, csv);
    const view = await producer.fetch(response.headers.get('location') ?? '');
    expect(await view.json()).toMatchObject({ counts: { total: 30_000 }, skipped: 2 });
  });

  describe('that is resumable', () => {
    const path = '/v1/deletions?resumable=true';
    const headers = { ...csv, ...key };

    /** Sends all ids but no end, and is cut off once some of them lie in Redis; answers with the record's key. */
    async function cutOff(): Promise<string> {
      const client = ask({ port: producer.port, host: '127.0.0.1', path, method: 'POST', headers });
      client.on('error', () => undefined);
      client.write(`${body}\n`);
      const record = await eventually(async () => {
        const name = (await requestKeys()).find((one) => one.endsWith(':items'));
        return name !== undefined && (await redis.llen(name)) > 20_000 && name.replace(/:items$/, '');
      });
      client.destroy();
      await eventually(async () => (await redis.hget(record, 'paused')) === '1');
      return record;
    }

    const again = async (text: string): Promise<Response> =>
      await eventually(async () => {
        const response = await producer.post(path, text, headers);
        return response.status !== 409 && response;
      });

    test('goes on under its key where it was cut off', async () => {
      const record = await cutOff();
      expect(Number(await redis.hget(record, 'chunks'))).toBeGreaterThan(20);
      const response = await again(body);
      expect(await response.json()).toMatchObject({ counts: { total: 30_000, duplicates: 0 } });
      expect(response.headers.get('location')).toBe(`/v1/requests/${record.slice(record.lastIndexOf(':') + 1)}`);
      expect((await again(body)).headers.get('idempotent-replayed')).toBe('true');
    });

    test('takes no other content, and no bad line', async () => {
      const record = await cutOff();
      expect((await problemIn(await again(ids.toReversed().join('\n')))).type).toMatch(/:key-reused$/);
      expect(await redis.exists(record)).toBe(1);
      expect(await problemIn(await again(`${body}\n\u0007`))).toMatchObject({ errors: [{ field: 'line 30001' }] });
      expect(await redis.exists(record)).toBe(0);
      expect((await again(body)).status).toBe(202);
    });

    test('is what the client sends where it is asked to', async () => {
      const client = new HttpSessionQueue({ url: producer.url });
      function* torn() {
        yield* ids.slice(0, 20_000);
        throw new Error('torn');
      }
      const asked = { id: 'k', resumable: true };
      await expect(client.deleteSessions({ ...asked, sessionIds: torn() })).rejects.toThrow('torn');
      const record = await eventually(async () => {
        const [name] = (await requestKeys()).filter((one) => one.endsWith(':items'));
        return name?.replace(/:items$/, '');
      });
      await eventually(async () => (await redis.hget(record, 'paused')) === '1');
      const view = await client.deleteSessions({ ...asked, sessionIds: ids });
      expect(record).toMatch(new RegExp(`:${view.id}$`));
      expect(view.counts).toMatchObject({ total: 30_000, duplicates: 0 });
    });

    test('needs a key', async () => {
      const problem = await problemIn(await producer.post(path, 'a', csv));
      expect(problem).toMatchObject({ status: 400, errors: [{ field: 'Idempotency-Key' }] });
    });
  });
});
