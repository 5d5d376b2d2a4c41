import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis, startTcpProxy } from '@session-queue/testing';
import { connectRedis, longestBlockMs, type RedisRole } from '../../src/redis/connect.ts';
import type { RedisConnection } from '../../src/redis/script.ts';
import { untilRedisReady } from '../../src/redis/until-ready.ts';
import { capturedLog } from './captured-log.ts';
import { closing } from './connections.ts';

leakGuard();

let server: RedisServer;
const connections: RedisConnection[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await server.stop();
});

/** Ended after all tests: these wait for seconds of silence each, and all at once. */
function connect(url: string, role: RedisRole): RedisConnection {
  const connection = connectRedis({ url }, role, capturedLog().logger);
  connections.push(connection);
  return connection;
}

async function connectReady(url: string, role: RedisRole): Promise<RedisConnection> {
  const connection = connect(url, role);
  await untilRedisReady(connection, 5_000);
  return connection;
}

describe('a connection that a NAT has forgotten, so that nobody hears of its end', () => {
  test.concurrent.each<[RedisRole, number]>([
    ['worker', 10_000],
    ['producer', 5_000],
  ])(
    'is made anew once commands have waited for some seconds (%s)',
    async (role, silenceMs) => {
      const proxy = await startTcpProxy({ target: server.url });
      const redis = await connectReady(proxy.url, role);
      proxy.forgetAll();
      const from = performance.now();
      const asked = redis.incr(`forgotten-${role}`).catch(() => 'given up');
      await closing(redis);
      expect(performance.now() - from).toBeGreaterThan(silenceMs - 100);
      await untilRedisReady(redis, 5_000);
      // Only a worker sends again; what was forgotten never arrived.
      expect(await asked).toBe(role === 'worker' ? 1 : 'given up');
      expect(await redis.get(`forgotten-${role}`)).toBe(role === 'worker' ? '1' : null);
      await proxy.close();
    },
    30_000,
  );

  test.concurrent('lets a blocking command wait as long as it may, and no longer', async () => {
    const proxy = await startTcpProxy({ target: server.url });
    const redis = await connectReady(proxy.url, 'blocking');
    let closed = 0;
    redis.on('close', () => {
      closed += 1;
    });
    expect(await redis.blpop('nothing', longestBlockMs / 1_000)).toBeNull();
    expect(closed).toBe(0);
    proxy.forgetAll();
    const asked = redis.blpop('something', longestBlockMs / 1_000);
    await closing(redis);
    await untilRedisReady(redis, 5_000);
    const other = connect(server.url, 'worker');
    await other.rpush('something', 'heard');
    expect(await asked).toEqual(['something', 'heard']);
    await proxy.close();
  }, 60_000);

  test.concurrent('is given up as well while it is still being made', async () => {
    const proxy = await startTcpProxy({ target: server.url, faults: { welcome: 'half-open' } });
    const redis = connect(proxy.url, 'producer');
    await once(redis, 'connect');
    await proxy.set({});
    await untilRedisReady(redis, 10_000);
    await proxy.close();
  }, 20_000);
});
