import { faketimeClock, findFaketime, preloadedClock } from '../world/wrong-clock.ts';
import type { Scenario } from './scenario.ts';

const hourMs = 3_600_000;
const shifts = [2 * hourMs, -72 * hourMs];
const withOthersMs = 10_000;
const aloneMs = 15_000;

export const clocks: Scenario = {
  name: 'clocks',
  about: 'the clock of one worker is 2 h ahead and that of another 3 days behind: beside others, alone, then set right',
  async run(world) {
    const sound = [...world.workers];
    const library = findFaketime();
    world.say(library === undefined ? 'libfaketime is not here: their Date alone is shifted' : `shifted by ${library}`);
    const wrong = await Promise.all(
      shifts.map(async (ms) => (library === undefined ? preloadedClock(ms) : await faketimeClock(library, ms))),
    );
    try {
      // Nothing is to be felt of it: recovery counts from when they run.
      const workers = await world.fault('two workers with wrong clocks join', () =>
        Promise.all(wrong.map(async (clock) => ({ clock, worker: await world.addWorker(clock.env) }))),
      );
      await world.pause(withOthersMs);
      await world.fault('only the workers with wrong clocks are left', async () => {
        for (const worker of sound) await worker.kill();
      });
      await world.pause(aloneMs);
      await world.fault('the others are back, and the clocks are set right in one jump', async () => {
        for (const worker of sound) await worker.start();
        for (const { clock, worker } of workers) await clock.setRight(worker);
      });
    } finally {
      for (const clock of wrong) await clock.end();
    }
  },
};
