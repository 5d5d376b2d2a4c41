import { attackPlainJobs } from '../hostile/plain-attack.ts';
import { hostileWorld } from './hostile-world.ts';
import type { Scenario } from './scenario.ts';

/** Of 10,000 over the three ways in. */
const cases = 2_000;

export const hostileJobs: Scenario = {
  name: 'hostile-jobs',
  about: 'plain BullMQ jobs made up from the schemas of intake: odd data, ids, options, and hashes written by hand',
  world: hostileWorld,
  async run(world, random) {
    await world.fault('made-up plain jobs', async () => {
      const { ran, faults } = await attackPlainJobs(world, random, cases);
      world.say(`${ran} plain jobs were made up`);
      world.objections.push(...faults);
    });
  },
};
