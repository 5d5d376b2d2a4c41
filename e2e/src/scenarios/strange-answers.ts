import type { ScriptInput } from '@session-queue/fake-learnosity';
import { peakMemoryMb } from '../world/peak-memory.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { strike, untilBusyAgain } from './strike.ts';

const hugeBytes = 50 * 1024 * 1024;
/** A few such answers at once, kept whole, would take far more. */
const mostGrowthMb = 200;
const actMs = 3_000;

type When = Pick<Extract<ScriptInput, { fault: 'cut' }>, 'match' | 'probability'>;
const some: When = { match: { endpoint: ['deletion', 'resubmission', 'jobs'] }, probability: 0.4 };
const someSends: When = { match: { endpoint: ['deletion', 'resubmission'] }, probability: 0.4 };

export const strangeAnswers: Scenario = {
  name: 'strange-answers',
  about: '200 with meta.status false, web pages, data in another shape or none, and answers of 50 MB',
  world: { load: { backlogWindows: { deletion: 8, resubmission: 1 } } },
  async run(world) {
    const notDone: ScriptInput = { fault: 'error', status: 200, code: 10_000, message: 'Not now', ...some };
    const acts: [string, ScriptInput[]][] = [
      ['200 with meta.status false', [notDone]],
      ['a web page with 200, after the effect', [{ fault: 'html', status: 200, effect: true, ...some }]],
      [
        'a web page with 502 and one with 503',
        [
          { fault: 'html', status: 502, effect: true, ...some },
          { fault: 'html', status: 503, effect: false, ...some },
        ],
      ],
      ['data in the other shape', [{ fault: 'wrongShape', shape: 'swapped', ...some }]],
      [
        'data empty, or missing',
        [
          { fault: 'wrongShape', shape: 'empty', ...someSends },
          { fault: 'wrongShape', shape: 'missing', ...some },
        ],
      ],
    ];
    for (const [what, faults] of acts) await strike(world, what, faults, actMs);
    await untilBusyAgain(world);
    const before = peaks(world);
    await strike(
      world,
      'answers of 50 MB',
      [
        { fault: 'oversize', bytes: hugeBytes, declared: false, ...some },
        { fault: 'oversize', bytes: hugeBytes, declared: true, ...some },
      ],
      actMs,
    );
    for (const [index, { name }] of world.workers.entries()) {
      const grownMb = (peaks(world)[index] ?? 0) - (before[index] ?? 0);
      if (grownMb > mostGrowthMb)
        world.objections.push(`${name} grew by ${Math.round(grownMb)} MB under answers of 50 MB`);
    }
  },
};

function peaks({ workers }: World): number[] {
  return workers.map(({ child }) => peakMemoryMb(child.pid));
}
