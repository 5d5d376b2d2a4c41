import { kinds, queueNames } from '@session-queue/core';
import { boardActs } from '../world/board-acts.ts';
import { withQueues } from '../world/queues.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const rounds = 6;
const plainAsks = 6;

export const bullBoard: Scenario = {
  name: 'bull-board',
  about:
    "Bull Board's destructive routes straight against BullMQ: jobs removed, drained, obliterated at random moments",
  // A plain job that is removed before its intake is gone: nobody else has its items. Those here are taken in before.
  world: { load: { ways: ['http', 'library'] } },
  async run(world, random) {
    await takePlainJobs(world);
    const names = kinds.flatMap((kind) => Object.values(queueNames[kind]));
    const each = Object.entries(boardActs);
    const schedule = random.shuffled(Array.from({ length: rounds }, () => each).flat());
    await withQueues(world, names, async (queues) => {
      await world.fault(`${schedule.length} acts of a person in Bull Board`, async () => {
        for (const [name, act] of schedule) {
          const queue = random.pick(queues);
          await world.pause(random.between(50, 500));
          await act(queue, random).catch((error: unknown) => world.say(`${name}: ${String(error)}`));
        }
        // An obliteration that was refused leaves its queue paused.
        for (const queue of queues) await queue.resume();
      });
    });
  },
};

async function takePlainJobs(world: World): Promise<void> {
  const { load, client } = world;
  const first = load.deliveries.length;
  for (let n = 0; n < plainAsks; n += 1) load.askFor('plain', 300);
  await world.until('plain jobs are taken in', async () => {
    const asked = load.deliveries.slice(first).filter(({ ask }) => ask.way === 'plain');
    const views = await Promise.all(asked.map(({ ask }) => client.getRequest(ask.name)));
    return views.length === plainAsks && views.every((view) => view !== undefined && view.state !== 'receiving');
  });
}
