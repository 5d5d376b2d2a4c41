import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { leakGuard } from '../../src/leaks/leak-guard.ts';
import { type RedisServer, startRedis } from '../../src/redis/redis-server.ts';
import { testRedis } from '../../src/redis/test-redis.ts';

leakGuard();

describe('testRedis', () => {
  let shared: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    shared = await startRedis();
    redis = new Redis(shared.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await shared.stop();
  });

  it('starts a server of its own when REDIS_URL is not set', async () => {
    const own = await testRedis({});
    const client = new Redis(own.url);
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
    await own.stop();
    await own.stop();
    expect(own.url).not.toBe(shared.url);
  });

  it('shares the server at REDIS_URL and takes only its own keys away', async () => {
    const mine = await testRedis({ REDIS_URL: shared.url });
    const other = await testRedis({ REDIS_URL: shared.url });
    expect(mine.url).toBe(shared.url);
    for (const { prefix } of [mine, other]) {
      await redis.set(`${prefix}:{default}:lane`, '1');
      await redis.set(`{${prefix}}:deletion.requests:meta`, '1');
    }
    await redis.set('foreign', '1');
    await mine.stop();
    expect((await redis.keys('*')).sort()).toEqual(
      ['foreign', `${other.prefix}:{default}:lane`, `{${other.prefix}}:deletion.requests:meta`].sort(),
    );
    await other.stop();
    expect(await redis.keys('*')).toEqual(['foreign']);
  });
});
