import { preloaded } from '../world/preloaded.ts';
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
    const env = shifts.map((shiftMs) => preloaded('shift-clock', { CLOCK_SHIFT_MS: shiftMs }));
    // Nothing is to be felt of it: recovery counts from when they run.
    const wrong = await world.fault('two workers with wrong clocks join', async () => [
      await world.addWorker(env[0]),
      await world.addWorker(env[1]),
    ]);
    await world.pause(withOthersMs);
    await world.fault('only the workers with wrong clocks are left', async () => {
      for (const worker of sound) await worker.kill();
    });
    await world.pause(aloneMs);
    await world.fault('the others are back, and the clocks are set right in one jump', async () => {
      for (const worker of sound) await worker.start();
      for (const { child } of wrong) {
        child.signal('SIGUSR2');
        await child.says('the clock is set right');
      }
    });
  },
};
