import type { Scenario } from './scenario.ts';

/** Enough for the audit to have something to compare; whoever is attacked is to have time for what is made up. */
export const hostileWorld: NonNullable<Scenario['world']> = {
  workers: 2,
  consumers: 2,
  sessionIndex: true,
  verification: { afterSeconds: 1, forSeconds: 20 },
  load: {
    backlogWindows: { deletion: 2, resubmission: 1 },
    sizes: [{ least: 1, most: 60, weight: 1 }],
  },
};
