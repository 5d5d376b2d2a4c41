import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { runScenario } from '../src/run.ts';
import { killAt } from '../src/scenarios/kill-at-points.ts';
import type { Scenario } from '../src/scenarios/scenario.ts';

leakGuard();

/** The whole selection is `npm run faults`; this is what every change must pass. */
const small: NonNullable<Scenario['world']> = {
  consumers: 1,
  workers: 2,
  load: {
    backlogWindows: { deletion: 2, resubmission: 1 },
    sizes: [
      { least: 1, most: 60, weight: 4 },
      { least: 500, most: 500, weight: 1 },
    ],
  },
};

const run = async (scenario: Scenario) =>
  await runScenario(scenario, {
    seed: 'npm test',
    size: { long: false, minutes: 1 },
    say: () => undefined,
  });

describe('the built system under load', () => {
  test('does all it was asked for, once, when nothing breaks', async () => {
    const { verdict } = await run({
      name: 'calm',
      about: 'nothing breaks',
      world: small,
      run: async (world) => world.pause(1_000),
    });
    expect(verdict).toMatchObject({ lost: 0, twiceAllowed: 0, findings: [] });
    expect(verdict.accepted).toBeGreaterThan(100);
  }, 90_000);

  test('loses nothing to kill -9 between any two steps of a call, a settling and an upload (invariants 1, 2, 5, 7)', async () => {
    const { verdict } = await run({
      name: 'kills',
      about: 'kill -9 around the steps that matter most',
      world: small,
      async run(world) {
        await killAt(world, { step: 'begin-send', when: 'after', by: 'worker' });
        await killAt(world, { step: 'call deletion', when: 'after', by: 'worker' });
        await killAt(world, { step: 'record-reference', when: 'after', by: 'worker' });
        await killAt(world, { step: 'resolve', when: 'after', by: 'worker' });
        world.load.askFor('http', 1_500);
        await killAt(world, { step: 'seal', when: 'after', by: 'producer' });
      },
    });
    expect(verdict).toMatchObject({ lost: 0, twiceNotAllowed: 0, findings: [] });
  }, 120_000);
});
