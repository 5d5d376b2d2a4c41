import type { Fate } from '../tap/points.ts';
import type { Scenario } from './scenario.ts';

/** What each consumer loses: its slots for deletions; all its slots; those, and what is known of the Redis that held them. */
const losses: Record<string, readonly string[]> = {
  default: ['slots:deletion'],
  north: ['slots:deletion', 'slots:resubmission', 'slots:jobs'],
  south: ['slots:deletion', 'slots:resubmission', 'slots:jobs', 'quota'],
};
const keys = Object.entries(losses).flatMap(([consumer, parts]) =>
  parts.map((part) => `session-queue:{${consumer}}:${part}`),
);
const againAfterMs = 5_000;

export const slotsLost: Scenario = {
  name: 'slots-lost',
  about: 'the keys of the quota slots are deleted while calls are under way, and once more while lanes wait for that',
  async run(world) {
    await world.fault('the slots are gone', async () => {
      // The call is held meanwhile: a lane that forgot it would make one too many.
      const armed = world.at({ step: 'call deletion', when: 'before', by: 'worker' }, async (): Promise<Fate> => {
        await world.redisClient.del(keys);
        return 'pass';
      });
      await world.reached('a call under way', armed);
      await world.pause(againAfterMs);
      await world.redisClient.del(keys);
    });
  },
};
