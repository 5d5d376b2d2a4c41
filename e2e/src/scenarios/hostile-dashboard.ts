import { attackDashboard } from '../hostile/dashboard-attack.ts';
import { hostileWorld } from './hostile-world.ts';
import type { Scenario } from './scenario.ts';

/** Of 10,000 over the three ways in. */
const cases = 1_500;

export const hostileDashboard: Scenario = {
  name: 'hostile-dashboard',
  about: "made-up requests to the dashboard's pages, forms and Bull Board, by nobody, by a viewer and by an admin",
  world: hostileWorld,
  async run(world, random) {
    const dashboard = await world.addDashboard();
    await world.fault('made-up requests to the dashboard', async () => {
      const { ran, faults } = await attackDashboard(world, dashboard, random, cases);
      world.say(`${ran} requests to the dashboard were made up`);
      world.objections.push(...faults);
    });
  },
};
