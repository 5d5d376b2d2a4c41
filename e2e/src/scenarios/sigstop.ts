import type { Scenario } from './scenario.ts';

/** Past BullMQ's lock (30 s), and well past the lease of a call. */
const sleepMs = 33_000;

export const sigstop: Scenario = {
  name: 'sigstop',
  about: 'a worker sleeps (SIGSTOP) past lock and lease while others take over, at its worst moments, then wakes',
  world: { workers: 4 },
  async run(world) {
    // One sleeps between its right to send and the call, one between the call and its answer, one before it records the answer.
    const points = ['call deletion', 'call deletion', 'record-reference'] as const;
    const sleepers: string[] = [];
    for (const [index, step] of points.entries()) {
      const when = index === 1 ? 'after' : 'before';
      const armed = world.at({ step, when, by: `worker-${index + 1}` }, ({ who }) => {
        world.app(who).sleep();
        sleepers.push(who);
        // What it had written is on its way; what it is to hear waits for it.
        return 'pass';
      });
      await world.reached(`${when} ${step}`, armed);
    }
    await world.fault(`${sleepers.join(', ')} sleep past lock and lease, then wake`, async () => {
      await world.pause(sleepMs);
      for (const who of sleepers) world.app(who).wake();
    });
  },
};
