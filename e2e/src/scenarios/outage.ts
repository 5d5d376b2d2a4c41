import type { Scenario } from './scenario.ts';
import { strike, untilBusyAgain } from './strike.ts';

const refusedMs = 6_000;
/** Past the deadline of a call, 10 s. */
const halfOpenMs = 14_000;
const serverErrorsMs = 30_000;

export const outage: Scenario = {
  name: 'outage',
  about: 'Learnosity refuses connections, takes them and says nothing, and answers 500 for 30 s',
  // Items that failed wait for up to a minute: the load has others, or there would be nothing to come back with.
  world: { load: { backlogWindows: { deletion: 16, resubmission: 2 } } },
  async run(world) {
    await world.fault('connections are refused', async () => {
      await world.learnosity.set({ welcome: 'refuse' });
      world.learnosity.cutAll();
      await world.pause(refusedMs);
      await world.learnosity.set({});
    });
    await untilBusyAgain(world);
    await world.fault('connections are taken, and nobody answers', async () => {
      await world.learnosity.set({ welcome: 'half-open' });
      world.learnosity.cutAll();
      await world.pause(halfOpenMs);
      await world.learnosity.set({});
      world.learnosity.cutAll();
    });
    await untilBusyAgain(world);
    await strike(world, '30 s of 500s', [{ fault: 'error', status: 500, code: 10_000 }], serverErrorsMs);
  },
};
