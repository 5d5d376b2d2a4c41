import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis, startTcpProxy } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import type { RedisConnection } from '../../src/redis/script.ts';
import { untilRedisReady } from '../../src/redis/until-ready.ts';
import { capturedLog } from '../redis/captured-log.ts';
import { mixedIds } from '../requests/id-shapes.ts';

leakGuard();

let server: RedisServer;
let redis: RedisConnection;
let client: SessionQueueClient;
beforeEach(async () => {
  server = await startRedis();
  await connect(server.url);
});
afterEach(async () => {
  await server.kill('SIGCONT');
  await client.close();
  redis.disconnect();
  await server.stop();
});

/** A client on a connection as the producer's: it neither queues nor resends, and gives each command 3 s. */
async function connect(url: string): Promise<void> {
  redis = connectRedis({ url }, 'producer', capturedLog().logger);
  await untilRedisReady(redis, 5_000);
  client = new SessionQueueClient({ redis, prefix: 'test' });
}

/** Every way in which a service or the producer calls. */
const calls: [string, () => Promise<unknown>][] = [
  ['deleteSessions', () => client.deleteSessions({ id: 'new', sessionIds: ['a'] })],
  ['deleteSessions of many', () => client.deleteSessions({ id: 'many', sessionIds: mixedIds(2_500) })],
  ['resubmit', () => client.resubmit({ submissions: ['AAAA'] })],
  ['getRequest', () => client.getRequest('r')],
  ['listItems', () => client.listItems('r', 'failed')],
  ['cancel', () => client.cancel('r')],
  ['hold', () => client.hold('r')],
  ['release', () => client.release('r')],
  ['retryFailed', () => client.retryFailed('r', { reason: 'mended' })],
  ['resolveParked', () => client.resolveParked('r', 'fail')],
  ['stopKind', () => client.stopKind('deletion', 'r')],
  ['startKind', () => client.startKind('deletion')],
  ['consumers', () => client.consumers()],
];

/** How each call ended, and the longest of them in ms. */
async function callAll(): Promise<{ ends: [string, unknown][]; ms: number }> {
  const from = performance.now();
  const ends = await Promise.all(
    calls.map(async ([name, call]): Promise<[string, unknown]> => [name, await call().then(() => 'done', codeOf)]),
  );
  return { ends, ms: performance.now() - from };
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}

const allUnavailable = calls.map(([name]) => [name, 'unavailable']);

describe('while Redis is away every call is refused as unavailable', () => {
  test('at once when it is gone', async () => {
    await client.deleteSessions({ id: 'r', sessionIds: ['a'] });
    await server.kill();
    const { ends, ms } = await callAll();
    expect(ends).toEqual(allUnavailable);
    expect(ms).toBeLessThan(1_000);
  });

  test('within 5 s when it is silent', async () => {
    await client.deleteSessions({ id: 'r', sessionIds: ['a'] });
    await server.kill('SIGSTOP');
    const { ends, ms } = await callAll();
    expect(ends).toEqual(allUnavailable);
    expect(ms).toBeLessThan(5_000);
  });

  test('and answered as ever when it is back, with all that was accepted (invariant 1)', async () => {
    await client.deleteSessions({ id: 'r', sessionIds: ['a'] });
    await server.kill();
    await callAll();
    await server.restart();
    await untilRedisReady(redis, 10_000);
    expect(await client.getRequest('r')).toMatchObject({ state: 'accepted', counts: { total: 1 } });
    expect((await client.deleteSessions({ id: 'new', sessionIds: ['a'] })).state).toBe('accepted');
  });
});

describe('a client made while Redis is away', () => {
  test('is refused, is closed at once, and works when Redis comes', async () => {
    await client.close();
    redis.disconnect();
    await server.kill();
    redis = connectRedis({ url: server.url }, 'producer', capturedLog().logger);
    client = new SessionQueueClient({ redis, prefix: 'test' });
    expect((await callAll()).ends).toEqual(allUnavailable);
    const other = new SessionQueueClient({ redis, prefix: 'other' });
    const from = performance.now();
    await other.close();
    expect(performance.now() - from).toBeLessThan(2_000);
    await server.restart();
    await untilRedisReady(redis, 10_000);
    expect((await client.deleteSessions({ id: 'new', sessionIds: ['a'] })).state).toBe('accepted');
  });
});

describe('the same call is safe to repeat', () => {
  test('when the connection was cut in the middle of an upload', async () => {
    const proxy = await startTcpProxy({ target: server.url });
    await client.close();
    redis.disconnect();
    await connect(proxy.url);
    const sessionIds = mixedIds(20_000);
    async function* cutInTheMiddle(): AsyncGenerator<string> {
      yield* sessionIds.slice(0, 7_500);
      proxy.cutAll();
      yield* sessionIds.slice(7_500);
    }
    const refusal = { code: 'unavailable', message: expect.stringContaining('safe to repeat') };
    await expect(client.deleteSessions({ id: 'r', sessionIds: cutInTheMiddle() })).rejects.toMatchObject(refusal);
    await untilRedisReady(redis, 10_000);
    // The upload that was cut holds the id until its lease is over.
    const touchedAt = Number(await redis.hget('test:{default}:request:r', 'touchedAt'));
    if (touchedAt > 0) await redis.hset('test:{default}:request:r', 'touchedAt', touchedAt - 30_001);
    const view = await client.deleteSessions({ id: 'r', sessionIds });
    expect(view).toMatchObject({ state: 'accepted', counts: { total: 20_000, duplicates: 0 } });
    await client.close();
    redis.disconnect();
    await proxy.close();
    await connect(server.url);
  });

  test('when the request was stored and only its job could not be added', async () => {
    const admin = new Redis(server.url);
    const own = ['~test:*', '~{test}:stopped', '~{test}:consumers', '~{test}:busy', '~{test}:worker-settings'];
    await admin.call('acl', ['setuser', 'app', 'on', '>secret', '+@all', '&*', ...own]);
    await client.close();
    redis.disconnect();
    await connect(`redis://app:secret@127.0.0.1:${server.port}`);
    await expect(client.deleteSessions({ id: 'r', sessionIds: ['a', 'b'] })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await client.getRequest('r')).toMatchObject({ state: 'accepted', counts: { total: 2 } });
    await admin.call('acl', ['setuser', 'app', '~*']);
    await client.deleteSessions({ id: 'r', sessionIds: ['a', 'b'] });
    expect(await admin.lrange('{test}:deletion.requests:wait', 0, -1)).toEqual(['r']);
    admin.disconnect();
  });

  test('when Redis has no memory left for its place in the index: it says so', async () => {
    await redis.config('SET', 'maxmemory', 1_000);
    await expect(client.deleteSessions({ id: 'r', sessionIds: ['a'] })).rejects.toMatchObject({
      code: 'memory_short',
      message: expect.stringContaining('memory'),
    });
    await redis.config('SET', 'maxmemory', 0);
    expect((await client.deleteSessions({ id: 'r', sessionIds: ['a'] })).state).toBe('accepted');
  });

  test('when Redis has no memory left once it has the request: that nothing was kept would be untrue', async () => {
    const persist = redis.persist.bind(redis);
    redis.persist = async () =>
      await Promise.reject(new Error("OOM command not allowed when used memory > 'maxmemory'."));
    const asked = { id: 'r', sessionIds: Array.from({ length: 1_500 }, (_, i) => `s${i}`) };
    await expect(client.deleteSessions(asked)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await client.getRequest('r')).toMatchObject({ state: 'accepted', counts: { total: 1_500 } });
    redis.persist = persist;
    expect((await client.deleteSessions(asked)).state).toBe('accepted');
  });
});
