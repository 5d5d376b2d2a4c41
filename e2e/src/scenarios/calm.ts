import type { Scenario } from './scenario.ts';

export const calm: Scenario = {
  name: 'calm',
  about: 'nothing breaks: the harness itself finds nothing to object to',
  async run(world) {
    await world.pause(10_000);
  },
};
