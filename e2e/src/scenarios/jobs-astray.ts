import { maxReferencesPerPoll } from '@session-queue/core/engine';
import type { ScriptInput } from '@session-queue/fake-learnosity';
import { ageJobs } from '../world/age.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { strike } from './strike.ts';

/** Up to ten references a second of each consumer, asked for again every 2 s: more than a poll takes after some 15 s. */
const noPollsMs = { least: 11_000, most: 40_000 };
const strangePollsMs = 5_000;
/** Of each shape: some six polls a second are made. */
const strangePolls = 3;
const strayMs = 3_000;
const lateForMs = { min: 4_000, max: 8_000 };
const dayMs = 24 * 3_600_000;
/** Of each kind. */
const astray = 4;
/** A job of this world ends within 1.5 s, and is asked for every second: what is open for longer has gone astray. */
const surelyAstrayMs = 8_000;

export const jobsAstray: Scenario = {
  name: 'jobs-astray',
  about:
    'polls fail until more than 50 are due, answer in strange shapes; references show up late, vanish, or never end (a day goes by)',
  world: { load: { backlogWindows: { deletion: 4, resubmission: 2 } } },
  async run(world) {
    const match = { endpoint: 'jobs' } as const;
    const from = Date.now();
    await world.fault('no poll is answered', async () => {
      const fault = await world.fake.script({ fault: 'error', status: 503, match });
      await world.pause(noPollsMs.least);
      await world
        .until(
          'a poll is full',
          () => largestPoll(world, from) >= maxReferencesPerPoll,
          noPollsMs.most - noPollsMs.least,
        )
        .catch(() => undefined);
      await fault.remove();
    });
    await world.pause(2_000);
    checkPolls(world, from);
    // One after the other: the first that is not spent strikes.
    const strange: ScriptInput[] = [
      { fault: 'wrongShape', shape: 'swapped', match, times: strangePolls },
      { fault: 'wrongShape', shape: 'missing', match, times: strangePolls },
      { fault: 'badJson', match, times: strangePolls },
    ];
    await strike(world, 'polls are answered in strange shapes', strange, strangePollsMs);
    await strike(world, 'no poll knows of any job', [{ fault: 'wrongShape', shape: 'empty', match }], strangePollsMs);
    await strike(world, 'references show up late', [{ fault: 'lateReference', ...lateForMs }], strayMs);
    await world.fault('references vanish, or never end, for a day', async () => {
      const faults = (['deletion', 'resubmission'] as const).flatMap((endpoint): ScriptInput[] => [
        { fault: 'vanishingReference', match: { endpoint }, times: astray },
        { fault: 'jobTime', min: dayMs, max: dayMs, match: { endpoint }, times: astray },
      ]);
      const posted = await Promise.all(faults.map((fault) => world.fake.script(fault)));
      await world.pause(strayMs);
      for (const fault of posted) await fault.remove();
      await world.pause(surelyAstrayMs + 1_000);
      const aged = await ageJobs(world, surelyAstrayMs);
      world.say(`a day goes by for ${aged} jobs`);
      if (aged === 0) world.objections.push('no job went astray');
    });
  },
};

/** More are due than a poll may ask for: it asks for as many as fit one answer, and for no more. */
function checkPolls(world: World, from: number): void {
  const most = largestPoll(world, from);
  if (most !== maxReferencesPerPoll) world.objections.push(`the largest poll asked for ${most} references`);
}

function largestPoll({ calls }: World, from: number): number {
  const sizes = calls
    .filter(({ endpoint, sentAt }) => endpoint === 'jobs' && sentAt >= from)
    .map(({ items }) => items.length);
  return Math.max(0, ...sizes);
}
