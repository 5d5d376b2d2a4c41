import type { Scenario } from './scenario.ts';
import { pauseRedis } from './short-faults.ts';

const shortPauses = 6;
const shortMs = 400;
/** Past the producer's patience with a command (3 s). */
const allMs = 5_000;
/** Past the lease of a call (14 s). */
const writesMs = 16_000;

export const clientPause: Scenario = {
  name: 'client-pause',
  about: 'CLIENT PAUSE: short ones, one of all commands for 5 s, and one of writes for 16 s, past the lease',
  async run(world) {
    await world.fault(`${shortPauses} pauses of ${shortMs} ms`, async () => {
      for (let n = 0; n < shortPauses; n += 1) {
        await pauseRedis(world, shortMs, 'ALL');
        await world.pause(2 * shortMs);
      }
    });
    await world.pause(1_000);
    await world.fault(`all commands wait for ${allMs / 1_000} s`, async () => {
      await pauseRedis(world, allMs, 'ALL');
      await world.pause(allMs);
    });
    await world.pause(5_000);
    await world.fault(`writes wait for ${writesMs / 1_000} s`, async () => {
      await pauseRedis(world, writesMs, 'WRITE');
      await world.pause(writesMs);
    });
  },
};
