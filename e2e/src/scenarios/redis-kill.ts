import type { Scenario } from './scenario.ts';
import { killRedis } from './short-faults.ts';

const kills = 2;

export const redisKill: Scenario = {
  name: 'redis-kill',
  about: 'kill -9 of Redis amid work, and a restart from its AOF',
  async run(world, random) {
    for (let n = 0; n < kills; n += 1) {
      await world.pause(random.between(1_000, 3_000));
      await world.fault('kill -9 of Redis', async () => await killRedis(world, random));
    }
  },
};
