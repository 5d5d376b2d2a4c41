import { Growth, memoryMb, saySlope } from '../world/growth.ts';
import { preloaded } from '../world/preloaded.ts';
import { expireAfter } from '../world/short-retention.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { shortFaults, strikeAtOnce } from './short-faults.ts';

const soundEveryMs = 10_000;
/** So long records stay here, instead of RETENTION_DAYS: longer than any service goes on asking the same. */
const keptMs = 60_000;
/** From the end of a fault to the next. */
const calm = { leastMs: 15_000, mostMs: 30_000 };
/** Of the whole time: until records go as fast as they come, heaps are as large as they get, and event streams are full. */
const warmUpShare = 0.25;
const leastWarmUpMinutes = 1.5;
/** Of the whole time a series must have been watched for, warm-up aside. */
const leastShare = 0.2;
/** Of the whole time: then no process is ended any more, so that each can be watched for long enough. */
const endingShare = 0.3;
const lasting = shortFaults.filter(({ endsProcess }) => !endsProcess);

export const soak: Scenario = {
  name: 'soak',
  about:
    'half an hour of steady load with a fault now and then (none that ends a process after the first third): says how memory of every process and keys in Redis grow, which they may not',
  long: true,
  minutes: 30,
  world: {
    // What V8 has not come round to collect, and its room for new objects, move by 30 MB and more.
    appEnv: preloaded('collect-garbage', { COLLECT_EVERY_MS: soundEveryMs / 2 }, ['--max-semi-space-size=2']),
    load: { backlogWindows: { deletion: 8, resubmission: 2 } },
    settleWithinMs: 120_000,
  },
  async run(world, random, { minutes }) {
    const growth = new Growth();
    const end = new AbortController();
    const sounding = sound(world, growth, end.signal);
    try {
      const from = Date.now();
      for (let share = 0; share < 1; share = (Date.now() - from) / (minutes * 60_000)) {
        await world.pause(random.between(calm.leastMs, calm.mostMs));
        await strikeAtOnce(world, random, random.between(1, 2), share < endingShare ? shortFaults : lasting);
      }
    } finally {
      end.abort();
      await sounding;
    }
    const warmUp = Math.max(leastWarmUpMinutes, warmUpShare * minutes);
    const slopes = growth.slopes(warmUp, leastShare * minutes);
    world.slopes.push(...slopes);
    for (const slope of slopes) {
      world.say(saySlope(slope));
      if (slope.grows) world.objections.push(saySlope(slope));
    }
    for (const what of ['worker', 'producer', 'Redis'])
      if (!slopes.some(({ of }) => of.startsWith(what)))
        world.objections.push(`no ${what} was watched for long enough`);
  },
};

async function sound(world: World, growth: Growth, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = world.pause(soundEveryMs);
    for (const app of [...world.workers, world.producer]) {
      // A process that was just killed is looked at no more.
      if (app.isAlive) growth.note(`${app.name}, run ${app.runs.length}`, 'MB', memoryMb(app.child.pid));
    }
    growth.note('lasting keys', 'keys', await expireAfter(world, keptMs));
    const used = /^used_memory:(\d+)/m.exec(await world.redisClient.info('memory'))?.[1];
    growth.note('Redis', 'MB', Number(used) / 1024 / 1024);
    await next;
  }
}
