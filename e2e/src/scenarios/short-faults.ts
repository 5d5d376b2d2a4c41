import { kinds, queueNames } from '@session-queue/core';
import type { ScriptInput } from '@session-queue/fake-learnosity';
import type { Random } from '../random.ts';
import type { App } from '../world/app.ts';
import { boardActs } from '../world/board-acts.ts';
import { withQueues } from '../world/queues.ts';
import type { World } from '../world/world.ts';

/** A fault of a few seconds, which mends what it breaks. */
export interface ShortFault {
  what: string;
  /** Two faults of one part never meet: one would mend what the other has just broken. */
  part: 'worker' | 'producer' | 'Redis' | 'slots' | 'way' | 'answers' | 'jobs' | 'queues';
  /** A process of the product ends by it, and a new one takes its place. */
  endsProcess?: true;
  strike(world: World, random: Random): Promise<unknown>;
}

const sends = { endpoint: ['deletion', 'resubmission', 'jobs'] } satisfies Extract<
  ScriptInput,
  { fault: 'cut' }
>['match'];
const shortPauseMs = 400;
const boardActsOfOne = 4;

export const shortFaults: readonly ShortFault[] = [
  {
    what: 'kill -9 of a worker',
    part: 'worker',
    endsProcess: true,
    strike: (world, random) => killApp(random.pick(world.workers), world, random),
  },
  {
    what: 'kill -9 of the producer',
    part: 'producer',
    endsProcess: true,
    strike: (world, random) => killApp(world.producer, world, random),
  },
  { what: 'a worker sleeps', part: 'worker', strike: sleepAWhile },
  { what: 'CLIENT KILL', part: 'Redis', strike: cutSometimes },
  { what: 'CLIENT PAUSE', part: 'Redis', strike: pauseSometimes },
  { what: 'kill -9 of Redis', part: 'Redis', strike: killRedis },
  { what: 'slots deleted', part: 'slots', strike: deleteSlots },
  { what: 'Learnosity is cut off', part: 'way', strike: cutLearnosity },
  { what: 'Learnosity takes connections and says nothing', part: 'way', strike: muteLearnosity },
  {
    what: 'calls are cut',
    part: 'answers',
    strike: (world, random) =>
      spoil(world, random, { fault: 'cut', effect: random.chance(0.5), probability: 0.4, match: sends }),
  },
  {
    what: '500s',
    part: 'answers',
    strike: (world, random) => spoil(world, random, { fault: 'error', status: 500, code: 10_000, match: sends }),
  },
  { what: '429s', part: 'answers', strike: refuseForQuota },
  {
    what: 'slow answers',
    part: 'answers',
    strike: (world, random) => spoil(world, random, { fault: 'latency', min: 500, max: 3_000, match: sends }),
  },
  {
    what: 'jobs halt',
    part: 'jobs',
    strike: (world, random) => spoil(world, random, { fault: 'halted', probability: 0.3 }),
  },
  { what: 'acts in Bull Board', part: 'queues', strike: actInBoard },
];

/** Some of the faults at the same time, of different parts: one fault of the run, with one end. */
export async function strikeAtOnce(
  world: World,
  random: Random,
  most: number,
  faults: readonly ShortFault[] = shortFaults,
): Promise<void> {
  const chosen: ShortFault[] = [];
  for (const fault of random.shuffled(faults))
    if (chosen.length < most && chosen.every(({ part }) => part !== fault.part)) chosen.push(fault);
  await world.fault(chosen.map(({ what }) => what).join(' + '), async () => {
    // Each draws for itself: which of them is faster changes nothing.
    const own = chosen.map(({ what }) => random.fork(`${random.fraction()}/${what}`));
    const struck = await Promise.allSettled(
      chosen.map(async (fault, index) => await fault.strike(world, own[index] ?? random)),
    );
    for (const one of struck) if (one.status === 'rejected') throw one.reason;
  });
}

/** kill -9, and a start a moment later. */
export async function killApp(app: App, world: World, random: Random): Promise<void> {
  await app.kill();
  await world.pause(random.between(0, 500));
  await app.start();
}

export async function killRedis(world: World, random: Random): Promise<void> {
  await world.redis.kill();
  await world.pause(random.between(200, 3_000));
  await world.redis.restart();
}

/** CLIENT KILL of every connection but the harness's own. */
export async function cutClients({ redisClient }: World): Promise<void> {
  for (const type of ['normal', 'pubsub']) await redisClient.call('client', ['KILL', 'TYPE', type, 'SKIPME', 'yes']);
}

export async function pauseRedis({ redisClient }: World, ms: number, what: 'ALL' | 'WRITE'): Promise<void> {
  await redisClient.call('client', ['PAUSE', String(ms), what]);
}

async function sleepAWhile(world: World, random: Random): Promise<void> {
  const worker = random.pick(world.workers);
  worker.sleep();
  await world.pause(random.between(1_000, 6_000));
  worker.wake();
}

async function cutSometimes(world: World, random: Random): Promise<void> {
  for (let n = random.between(1, 3); n > 0; n -= 1) {
    await cutClients(world);
    await world.pause(random.between(100, 1_000));
  }
}

async function pauseSometimes(world: World, random: Random): Promise<void> {
  for (let n = random.between(1, 3); n > 0; n -= 1) {
    await pauseRedis(world, shortPauseMs, random.pick(['ALL', 'WRITE']));
    await world.pause(2 * shortPauseMs);
  }
}

async function deleteSlots(world: World, random: Random): Promise<void> {
  const { name } = random.pick(world.consumers);
  const parts = ['slots:deletion', 'slots:resubmission', 'slots:jobs', 'quota'].slice(0, random.between(1, 4));
  await world.redisClient.del(parts.map((part) => `session-queue:{${name}}:${part}`));
}

async function cutLearnosity(world: World, random: Random): Promise<void> {
  await world.learnosity.set({ welcome: 'refuse' });
  world.learnosity.cutAll();
  await world.pause(random.between(500, 3_000));
  await world.learnosity.set({});
}

async function muteLearnosity(world: World, random: Random): Promise<void> {
  await world.learnosity.set({ welcome: 'half-open' });
  world.learnosity.cutAll();
  await world.pause(random.between(500, 4_000));
  await world.learnosity.set({});
  world.learnosity.cutAll();
}

/** Answers with how many calls it struck. */
async function spoil(world: World, random: Random, fault: ScriptInput): Promise<number> {
  const posted = await world.fake.script(fault);
  await world.pause(random.between(1_000, 4_000));
  return await posted.remove();
}

/** As if another program used the keys. */
async function refuseForQuota(world: World, random: Random): Promise<void> {
  const fault: ScriptInput = { fault: 'error', status: 429, code: 42_000, probability: 0.5, match: sends };
  world.foreign429 += await spoil(world, random, fault);
}

/** Of batches only: a plain job that is removed before its intake is gone, and nobody else has its items. */
async function actInBoard(world: World, random: Random): Promise<void> {
  const names = kinds.map((kind) => queueNames[kind].batches);
  await withQueues(world, names, async (queues) => {
    for (let n = 0; n < boardActsOfOne; n += 1) {
      const [, act] = random.pick(Object.entries(boardActs));
      // Some acts are refused where somebody works on a job just now, as they are in Bull Board.
      await act(random.pick(queues), random).catch(() => undefined);
      await world.pause(random.between(50, 500));
    }
    // An obliteration that was refused leaves its queue paused.
    for (const queue of queues) await queue.resume();
  });
}
