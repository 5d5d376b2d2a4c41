import { bullPrefix } from '@session-queue/core';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const beforeMs = 5_000;
const awayMs = 12_000;
/** Of the calls that lanes on other nodes made in as much time before. A lane that waits for the node makes none; a busy machine makes fewer at times. */
const leastShare = 0.5;
const slots = 16_384;

export const cluster: Scenario = {
  name: 'cluster',
  about: 'a Redis Cluster of three nodes: lanes lie on all of them; one is killed, the lanes of the others go on',
  // As many as the node is away for: whoever asks with an Idempotency-Key that lies there is put off, and asks for nothing else.
  world: { store: 'cluster', consumers: 5, load: { backlogWindows: { deletion: 12, resubmission: 1 } } },
  async run(world) {
    const homes = new Map<string, number>();
    for (const { name } of world.consumers) homes.set(name, await nodeOf(world, name));
    const ofQueues = await nodeOf(world, bullPrefix('session-queue').slice(1, -1));
    world.say(
      `${[...homes].map(([name, n]) => `${name} on node ${n}`).join(', ')}, BullMQ's queues on node ${ofQueues}`,
    );
    const nodes = new Set(homes.values());
    if (nodes.size < 2) world.objections.push('all lanes lie on one node');
    await world.pause(beforeMs);
    // The node of BullMQ's queues holds the stop switch, too: without it nothing may begin to be sent.
    const victim = [...nodes].find((n) => n !== ofQueues) ?? 0;
    await world.fault(`kill -9 of node ${victim}`, async () => {
      const from = Date.now();
      const node = world.store.servers[victim];
      await node?.kill();
      await world.pause(awayMs);
      const others = world.consumers.filter(({ name }) => homes.get(name) !== victim);
      for (const { name, key } of others) goesOn(world, key, from, await waitingIn(world, name, key));
      await node?.restart();
    });
  },
};

/** Slots are spread in equal parts, in the order of the nodes. */
async function nodeOf({ redisClient, store }: World, tag: string): Promise<number> {
  const slot = Number(await redisClient.call('cluster', ['KEYSLOT', tag]));
  return Math.floor(slot / Math.ceil(slots / store.servers.length));
}

/** Deletions that were promised and that Learnosity has not been asked for, about: some are given twice. */
async function waitingIn({ load, fake }: World, consumer: string, key: string): Promise<number> {
  const promised = load.deliveries
    .filter(({ ask, outcome }) => outcome === 'promised' && ask.kind === 'deletion' && ask.consumer === consumer)
    .reduce((sum, { ask, total = ask.items.length }) => sum + total, 0);
  return promised - ((await fake.books()).consumers[key]?.deletion?.items ?? 0);
}

function goesOn({ calls, say, objections }: World, key: string, from: number, waiting: number): void {
  const callsBetween = (begin: number, end: number): number =>
    calls.filter(
      ({ endpoint, consumerKey, sentAt }) =>
        endpoint === 'deletion' && consumerKey === key && sentAt >= begin && sentAt < end,
    ).length;
  const usual = callsBetween(from - beforeMs, from) * (awayMs / beforeMs);
  const made = callsBetween(from, from + awayMs);
  const told = `${key}, on another node, made ${made} calls meanwhile, before in as much time ${usual}; ${waiting} items wait`;
  say(told);
  if (made < usual * leastShare) objections.push(told);
}
