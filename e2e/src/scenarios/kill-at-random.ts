import type { Scenario } from './scenario.ts';
import { killApp } from './short-faults.ts';

const kills = { short: 10, long: 200 };

export const killAtRandom: Scenario = {
  name: 'kill-at-random',
  about: `kill -9 of workers and now and then the producer, at seeded moments: ${kills.short} times, ${kills.long} with --long`,
  world: { sessionIndex: true },
  async run(world, random, { long }) {
    for (let n = 1; n <= (long ? kills.long : kills.short); n += 1) {
      const app = random.chance(0.15) ? world.producer : random.pick(world.workers);
      await world.pause(random.between(200, 2_500));
      await world.fault(`kill -9 of ${app.name}`, async () => await killApp(app, world, random));
    }
  },
};
