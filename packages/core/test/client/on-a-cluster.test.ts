import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, leakGuard, type RedisServer } from '@session-queue/testing';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import type { RedisConnection } from '../../src/redis/script.ts';
import { untilRedisReady } from '../../src/redis/until-ready.ts';
import { capturedLog } from '../redis/captured-log.ts';
import { startRedisCluster } from '../redis/redis-cluster.ts';
import { mixedIds } from '../requests/id-shapes.ts';

leakGuard();

let servers: RedisServer[];
let redis: RedisConnection;
let client: SessionQueueClient;
beforeAll(async () => {
  servers = await startRedisCluster(3);
  redis = connectRedis({ url: `redis+cluster://127.0.0.1:${servers[0]?.port}` }, 'worker', capturedLog().logger);
  await untilRedisReady(redis, 5_000);
  client = new SessionQueueClient({ redis, prefix: 'test' });
});
afterAll(async () => {
  await client.close();
  redis.disconnect();
  await Promise.all(servers.map((server) => server.stop()));
});

// On different nodes lie: the request, its entry in the index, and the set of busy consumers with the jobs.
test.each([
  ['few', ['a', 'b']],
  ['many', mixedIds(2_500)],
])('a request of %s items is taken, found again, and lasts', async (id, sessionIds) => {
  const consumer = `of-${id}`;
  const { counts } = await client.deleteSessions({ consumer, id, sessionIds });
  expect(await client.getRequest(id)).toMatchObject({ consumer, state: 'accepted', counts });
  expect(await client.deleteSessions({ consumer, id, sessionIds })).toMatchObject({ counts });
  expect(await redis.sismember('{test}:busy', consumer)).toBe(1);
  expect(await redis.exists(`{test}:deletion.requests:${id}`)).toBe(1);
  await eventually(async () => (await redis.pttl(`test:index:${id}`)) === -1);
  await expect(client.deleteSessions({ consumer: 'other', id, sessionIds })).rejects.toMatchObject({
    code: 'id_taken',
  });
});
