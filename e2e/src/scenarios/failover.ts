import { Redis } from 'ioredis';
import { forgetSince, markNow } from '../world/forgetting.ts';
import { masterName } from '../world/store/redis-sentinel.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Replication is asynchronous: what the master answered right before its end its replica may not have. */
const lagMs = 1_000;
const noticedWithinMs = 20_000;
const backAfterMs = 3_000;

export const failover: Scenario = {
  name: 'failover',
  about: 'kill -9 of the master: its replica takes over through Sentinel, and the old master comes back as a replica',
  world: { store: 'sentinel' },
  async run(world) {
    await world.pause(3_000);
    const before = await masterPort(world);
    const mark = markNow(world);
    await world.pause(lagMs);
    await world.fault('kill -9 of the master', async () => {
      const from = performance.now();
      await world.redis.kill();
      await world.until('another master', async () => (await masterPort(world)) !== before, noticedWithinMs);
      await world.until('the data is there', async () => (await world.data.ping()) === 'PONG', noticedWithinMs);
      world.say(`a new master after ${((performance.now() - from) / 1_000).toFixed(1)} s`);
      await forgetSince(world, mark);
    });
    await world.pause(backAfterMs);
    await world.fault('the old master is back', async () => {
      await world.redis.restart();
      await world.until('it is a replica', async () =>
        (await world.redisClient.info('replication')).includes('role:slave'),
      );
    });
  },
};

async function masterPort({ store }: World): Promise<string> {
  const sentinel = new Redis({ port: store.doorPort, host: '127.0.0.1' });
  try {
    return String(await sentinel.call('sentinel', ['GET-MASTER-ADDR-BY-NAME', masterName]));
  } finally {
    sentinel.disconnect();
  }
}
