import type { ScriptInput } from '@session-queue/fake-learnosity';
import type { Scenario } from './scenario.ts';
import { strike, untilBusyAgain } from './strike.ts';

/** Some calls get through: a lane whose every slot is held would have nothing left to break. */
const some: Pick<Extract<ScriptInput, { fault: 'cut' }>, 'match' | 'probability'> = {
  match: { endpoint: ['deletion', 'resubmission', 'jobs'] },
  probability: 0.4,
};
const slowMs = 40_000;
/** Past the deadline of a call, so that what drips is given up. */
const drippingMs = 12_000;

export const answersLost: Scenario = {
  name: 'answers-lost',
  about: 'calls are cut before and after their effect, answers break off or come by the drop',
  world: { load: { backlogWindows: { deletion: 8, resubmission: 1 } } },
  async run(world, random) {
    const acts: [string, ScriptInput[]][] = [
      ['calls are cut before their effect', [{ fault: 'cut', effect: false, ...some }]],
      ['calls are cut after their effect', [{ fault: 'cut', effect: true, ...some }]],
      ['answers break off', [{ fault: 'truncated', effect: true, ...some }]],
      ['answers break off, in a body of the right length', [{ fault: 'badJson', effect: true, ...some }]],
    ];
    for (const [what, faults] of acts) {
      await strike(world, what, faults, random.between(2_000, 4_000));
      await untilBusyAgain(world);
    }
    const drips = [{ fault: 'slowBody', ms: slowMs, ...some }] satisfies ScriptInput[];
    await strike(world, 'headers come, and bodies by the drop', drips, random.between(3_000, 5_000));
    await untilBusyAgain(world);
    await world.fault('one byte a second', async () => {
      await world.learnosity.set({ toClient: { bytesPerSecond: 1 } });
      await world.pause(drippingMs);
      await world.learnosity.set({});
    });
  },
};
