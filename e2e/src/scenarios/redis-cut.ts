import type { Scenario } from './scenario.ts';

const rounds = 10;

export const redisCut: Scenario = {
  name: 'redis-cut',
  about: 'CLIENT KILL of every connection, every second for 10 s',
  async run(world) {
    await world.fault('CLIENT KILL of every connection, every second', async () => {
      for (let n = 0; n < rounds; n += 1) {
        await world.redisClient.call('client', ['KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
        await world.redisClient.call('client', ['KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes']);
        await world.pause(1_000);
      }
    });
  },
};
