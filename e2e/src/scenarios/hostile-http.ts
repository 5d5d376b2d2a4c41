import { attackHttp } from '../hostile/http-attack.ts';
import type { Scenario } from './scenario.ts';

/** Of 10,000 over the three ways in. */
const cases = 6_500;

export const hostileHttp: Scenario = {
  name: 'hostile-http',
  about: "requests made up from the producer's own OpenAPI document, good ones and all that is wrong with others",
  // Enough for the audit to have something to compare; the producer is to have time for what is made up.
  world: {
    workers: 2,
    consumers: 2,
    load: {
      backlogWindows: { deletion: 2, resubmission: 1 },
      sizes: [{ least: 1, most: 60, weight: 1 }],
    },
  },
  async run(world, random) {
    await world.fault('made-up requests over HTTP', async () => {
      const { ran, faults } = await attackHttp(world, random, cases);
      world.say(`${ran} requests were made up`);
      world.objections.push(...faults);
    });
  },
};
