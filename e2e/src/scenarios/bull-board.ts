import { bullPrefix, kinds, queueNames } from '@session-queue/core';
import { Queue } from 'bullmq';
import { boardActs } from '../world/board-acts.ts';
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
    const queues = kinds.flatMap((kind) => Object.values(queueNames[kind])).map((name) => openQueue(world, name));
    const each = Object.entries(boardActs);
    const schedule = random.shuffled(Array.from({ length: rounds }, () => each).flat());
    try {
      await world.fault(`${schedule.length} acts of a person in Bull Board`, async () => {
        for (const [name, act] of schedule) {
          const queue = random.pick(queues);
          await world.pause(random.between(50, 500));
          await act(queue, random).catch((error: unknown) => world.say(`${name}: ${String(error)}`));
        }
        // An obliteration that was refused leaves its queue paused.
        for (const queue of queues) await queue.resume();
      });
    } finally {
      await Promise.all(queues.map((queue) => queue.close()));
    }
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

function openQueue({ redisClient }: World, name: string): Queue {
  const queue = new Queue(name, {
    connection: redisClient,
    prefix: bullPrefix('session-queue'),
    skipVersionCheck: true,
  });
  queue.on('error', () => undefined);
  return queue;
}
