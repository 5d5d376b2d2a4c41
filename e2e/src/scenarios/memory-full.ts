import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** So much waits in every lane that it lasts through the fault. */
const backlogWindows = { deletion: 24, resubmission: 12 };
const fillMs = 8_000;
const shortMs = 5_000;
const fullMs = 12_000;
/** Of the calls that a lane made in as much time before: the way out stays open (invariant 12). */
const leastShare = 0.5;

export const memoryFull: Scenario = {
  name: 'memory-full',
  about: 'memory runs short (over 80 %), then full with noeviction: nothing new is accepted, what is there goes on',
  world: {
    load: {
      backlogWindows,
      sizes: [
        { least: 1, most: 60, weight: 4 },
        { least: 1_500, most: 1_500, weight: 4 },
      ],
    },
  },
  async run(world) {
    const { load } = world;
    await world.pause(fillMs);
    await world.fault('memory is short, then full', async () => {
      const first = load.deliveries.length;
      const before = Date.now();
      await limitMemory(world, 1.1);
      await goesOn(world, shortMs, 'while memory was short', before);
      await limitMemory(world, 0.9);
      await goesOn(world, fullMs, 'while memory was full', before);
      const refused = load.deliveries.slice(first).filter(({ heard }) => heard.some((why) => /memory/.test(why)));
      world.say(`${refused.length} services were told that memory is short`);
      if (refused.length === 0) world.objections.push('no service was told that memory is short');
      await world.redisClient.config('SET', 'maxmemory', '0');
    });
  },
};

/** Sets `maxmemory` to so many times what is in use. */
async function limitMemory({ redisClient, say }: World, times: number): Promise<void> {
  const used = Number(/^used_memory:(\d+)/m.exec(await redisClient.info('memory'))?.[1]);
  const most = Math.round(used * times);
  await redisClient.config('SET', 'maxmemory', String(most));
  say(`${Math.round(used / 1024)} kB are used of ${Math.round(most / 1024)} kB`);
}

async function goesOn(world: World, ms: number, when: string, before: number): Promise<void> {
  const from = Date.now();
  await world.pause(ms);
  for (const { key } of world.consumers) {
    const usual = callsBetween(world, key, before - shortMs, before) * (ms / shortMs);
    const made = callsBetween(world, key, from, from + ms);
    const told = `${key} made ${made} calls ${when}, before in as much time ${usual}`;
    world.say(told);
    if (made < usual * leastShare) world.objections.push(told);
  }
}

function callsBetween({ calls }: World, key: string, from: number, to: number): number {
  return calls.filter(
    ({ endpoint, consumerKey, sentAt, reference }) =>
      endpoint === 'deletion' && consumerKey === key && sentAt >= from && sentAt < to && reference !== undefined,
  ).length;
}
