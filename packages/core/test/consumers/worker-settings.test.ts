import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { SessionQueueClient, type SessionQueueClientOptions } from '../../src/client/index.ts';
import { Announcements, announcementMs } from '../../src/consumers/announcements.ts';
import { readWorkerSettings, type WorkerSettings } from '../../src/consumers/worker-settings.ts';

leakGuard();

const dayMs = 24 * 3600 * 1000;
const key = '{test}:worker-settings';
const indexing = { sessionIndex: true, retentionMs: 7 * dayMs };
const plain = { sessionIndex: false, retentionMs: 30 * dayMs };

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
});

async function announce(worker: string, settings?: WorkerSettings): Promise<void> {
  await new Announcements(redis, 'test').announce(worker, [{ name: 'default', identity: 'key 1' }], {
    ...(settings !== undefined && { settings }),
  });
}

/** Lets time pass for what was said. */
async function age(ms: number): Promise<void> {
  for (const [field, until] of Object.entries(await redis.hgetall(key)))
    await redis.hset(key, field, Number(until) - ms);
}

async function withClient<T>(
  options: Omit<SessionQueueClientOptions, 'redis'>,
  work: (client: SessionQueueClient) => Promise<T>,
): Promise<T> {
  const client = new SessionQueueClient({ redis, prefix: 'test', ...options });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe('the settings of workers', () => {
  test('are those of the living, each once', async () => {
    expect(await readWorkerSettings(redis, 'test')).toEqual([]);
    await announce('one', plain);
    await announce('two', plain);
    await announce('three', indexing);
    expect(await readWorkerSettings(redis, 'test')).toEqual(expect.arrayContaining([plain, indexing]));
    expect(await redis.hlen(key)).toBe(2);
  });

  test('are the last ones that were said when none is alive', async () => {
    await announce('one', plain);
    await age(1_000);
    await announce('two', indexing);
    await age(announcementMs + 1_000);
    expect(await readWorkerSettings(redis, 'test')).toEqual([indexing]);
  });

  test('are not said by a worker that may not live, nor by one of an older version', async () => {
    await announce('one');
    const clash = [{ name: 'default', identity: 'key 9' }];
    expect(await new Announcements(redis, 'test').announce('two', clash, { settings: indexing })).toMatchObject({
      is: 'two keys',
    });
    expect(await redis.exists(key)).toBe(0);
  });

  test('in words of a later version are passed over', async () => {
    await announce('one', indexing);
    await redis.hset(key, 'index: yes', Date.now() + 60_000, '{"sessionIndex":"all"}', Date.now() + 60_000);
    expect(await readWorkerSettings(redis, 'test')).toEqual([indexing]);
  });
});

describe('a client over Redis', () => {
  const asked = async (options: Omit<SessionQueueClientOptions, 'redis'> = {}) =>
    await withClient(options, async (client) => (await client.deleteSessions({ sessionIds: ['s'] })).id);
  const found = async () =>
    await withClient({ sessionIndex: true }, async (client) => (await client.findSession('s')).map(({ id }) => id));

  test('puts sessions into the index where workers do, and finds them', async () => {
    await announce('one', indexing);
    const id = await asked();
    expect(await found()).toEqual([id]);
    expect(await withClient({}, async (client) => await client.findSession('s'))).toMatchObject([{ id }]);
  });

  test('puts none there where workers do not, or none ever said', async () => {
    await asked();
    await announce('one', plain);
    await asked();
    expect(await found()).toEqual([]);
    await withClient({}, async (client) => {
      await expect(client.findSession('s')).rejects.toMatchObject({ code: 'index_off' });
    });
  });

  test('puts them there where workers differ', async () => {
    await announce('one', plain);
    await announce('two', indexing);
    const id = await asked();
    expect(await found()).toEqual([id]);
  });

  test('does as it is told, whatever workers say', async () => {
    await announce('one', indexing);
    await asked({ sessionIndex: false });
    expect(await found()).toEqual([]);
  });

  test('keeps what it cancels as long as the workers say, or as it is told', async () => {
    await announce('one', indexing);
    const days = async (options: Omit<SessionQueueClientOptions, 'redis'>) => {
      const id = await asked(options);
      await withClient(options, async (client) => await client.cancel(id));
      return (await redis.pttl(`test:{default}:request:${id}`)) / dayMs;
    };
    expect(await days({})).toBeCloseTo(7, 2);
    expect(await days({ retentionDays: 3 })).toBeCloseTo(3, 2);
  });
});
