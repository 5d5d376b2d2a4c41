import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { attackDashboard } from '../src/hostile/dashboard-attack.ts';
import { attackHttp } from '../src/hostile/http-attack.ts';
import { attackPlainJobs } from '../src/hostile/plain-attack.ts';
import { runScenario } from '../src/run.ts';

leakGuard();

const cases = { http: 90, plain: 30, dashboard: 30 };

/** The whole selection is `npm run faults`; this is what every change must pass. */
describe('the built system under hostile input', () => {
  test('answers as its document says, shows nobody an item, and does what it accepted (invariants 1, 9)', async () => {
    let ran = 0;
    const { verdict } = await runScenario(
      {
        name: 'hostile',
        about: 'made-up requests and jobs on every way in',
        world: {
          consumers: 1,
          sessionIndex: true,
          verification: { afterSeconds: 1, forSeconds: 20 },
          workers: 1,
          load: {
            backlogWindows: { deletion: 1, resubmission: 1 },
            sizes: [{ least: 1, most: 20, weight: 1 }],
          },
        },
        async run(world, random) {
          const dashboard = await world.addDashboard();
          for (const run of [
            await attackHttp(world, random, cases.http),
            await attackPlainJobs(world, random, cases.plain),
            await attackDashboard(world, dashboard, random, cases.dashboard),
          ]) {
            ran += run.ran;
            world.objections.push(...run.faults);
          }
        },
      },
      { seed: 'npm test', size: { long: false, minutes: 1 }, say: () => undefined },
    );
    expect(verdict).toMatchObject({ lost: 0, twiceAllowed: 0, findings: [] });
    expect(ran).toBe(150);
  }, 120_000);
});
