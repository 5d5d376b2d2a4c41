import { drainGraceMs } from '../world/apps.ts';
import type { Scenario } from './scenario.ts';

const stops = 6;
/** The grace, and so long for closing (apps/worker/src/main.ts). */
const boundMs = drainGraceMs + 15_000;

export const sigterm: Scenario = {
  name: 'sigterm',
  about: 'workers and the producer are told to stop amid work, one at a time, and drain within their bound',
  async run(world, random) {
    for (let n = 0; n < stops; n += 1) {
      const app = n === 3 ? world.producer : random.pick(world.workers);
      await world.pause(random.between(500, 2_000));
      await world.fault(`SIGTERM to ${app.name}`, async () => {
        const { code, wasForced, ms } = await app.drain(boundMs);
        world.say(`${app.name} stopped in ${(ms / 1_000).toFixed(1)} s`);
        if (wasForced || code !== 0)
          world.objections.push(
            `${app.name} did not stop cleanly: ${wasForced ? `not within ${boundMs} ms` : `exit code ${code}`}`,
          );
        await app.start();
      });
    }
  },
};
