import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { bullPrefix } from '../../src/queues/names.ts';
import { readQueueFacts } from '../../src/queues/queue-facts.ts';

leakGuard();

describe('what is known of the queues', () => {
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

  test('is all of them, and looking changes nothing', async () => {
    const facts = await readQueueFacts(redis, 'fresh');
    expect(facts.map(({ name, isPaused, version }) => [name, isPaused, version])).toEqual([
      ['deletion.requests', false, undefined],
      ['deletion.batches', false, undefined],
      ['resubmission.requests', false, undefined],
      ['resubmission.batches', false, undefined],
      ['request.callbacks', false, undefined],
      ['retention.rules', false, undefined],
    ]);
    expect(await redis.keys('*fresh*')).toEqual([]);
  });

  test('says which is paused, and which BullMQ wrote to it last', async () => {
    const queue = new Queue('deletion.batches', { connection: redis, prefix: bullPrefix('used') });
    await queue.pause();
    const [, batches] = await readQueueFacts(redis, 'used');
    expect(batches).toMatchObject({ isPaused: true, version: batches?.ownVersion });
    await redis.hset('{used}:deletion.batches:meta', 'version', 'bullmq:5.0.0');
    expect((await readQueueFacts(redis, 'used'))[1]).toMatchObject({ version: 'bullmq:5.0.0' });
    await queue.close();
  });
});
