import { freePort } from '@session-queue/testing';
import type { Scenario } from './scenario.ts';

const readOnlyMs = 10_000;
const mutedMs = 8_000;

export const readOnly: Scenario = {
  name: 'read-only',
  about: 'Redis is made a read-only replica of a master that is away, then one that refuses reads too, and back',
  async run(world) {
    const { redisClient } = world;
    // A master that answered would take all data away.
    const nobody = String(await freePort());
    await world.fault('Redis is a read-only replica', async () => {
      await redisClient.replicaof('127.0.0.1', nobody);
      await world.pause(readOnlyMs);
      await redisClient.replicaof('NO', 'ONE');
    });
    await world.pause(5_000);
    await world.fault('Redis is a replica that serves nothing', async () => {
      await redisClient.config('SET', 'replica-serve-stale-data', 'no');
      await redisClient.replicaof('127.0.0.1', nobody);
      await world.pause(mutedMs);
      await redisClient.replicaof('NO', 'ONE');
    });
  },
};
