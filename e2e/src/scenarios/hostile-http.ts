import { attackHttp } from '../hostile/http-attack.ts';
import { hostileWorld } from './hostile-world.ts';
import type { Scenario } from './scenario.ts';

/** Of 10,000 over the three ways in. */
const cases = 6_500;

export const hostileHttp: Scenario = {
  name: 'hostile-http',
  about: "requests made up from the producer's own OpenAPI document, good ones and all that is wrong with others",
  world: hostileWorld,
  async run(world, random) {
    await world.fault('made-up requests over HTTP', async () => {
      const { ran, faults } = await attackHttp(world, random, cases);
      world.say(`${ran} requests were made up`);
      world.objections.push(...faults);
    });
  },
};
