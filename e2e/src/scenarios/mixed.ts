import type { Scenario } from './scenario.ts';
import { strikeAtOnce } from './short-faults.ts';

export const mixed: Scenario = {
  name: 'mixed',
  about: 'faults of every sort, two or three at the same time, at seeded moments, for half a minute, or --minutes',
  minutes: 0.5,
  // Items that failed wait for up to a minute: the load has others, or there would be nothing to come back with.
  world: { load: { backlogWindows: { deletion: 16, resubmission: 2 } }, settleWithinMs: 120_000, sessionIndex: true },
  async run(world, random, { minutes }) {
    for (const until = Date.now() + minutes * 60_000; Date.now() < until; ) {
      await world.pause(random.between(500, 2_500));
      await strikeAtOnce(world, random, random.between(2, 3));
    }
  },
};
