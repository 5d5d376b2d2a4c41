import type { Scenario } from './scenario.ts';
import { cutClients } from './short-faults.ts';

const rounds = 10;

export const redisCut: Scenario = {
  name: 'redis-cut',
  about: 'CLIENT KILL of every connection, every second for 10 s',
  async run(world) {
    await world.fault('CLIENT KILL of every connection, every second', async () => {
      for (let n = 0; n < rounds; n += 1) {
        await cutClients(world);
        await world.pause(1_000);
      }
    });
  },
};
