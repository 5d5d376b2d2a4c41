import type { Way } from '../world/way.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { untilBusyAgain } from './strike.ts';

const silentMs = 20_000;
/** Fewer bytes than any step of a lane takes, and more than it takes to connect and to ask whether Redis is there. */
const smallPieceBytes = 200;
/** The watchdog's bounds, and some more. */
const hungWithinMs = 110_000;
const hungExitCode = 70;

export const halfOpen: Scenario = {
  name: 'half-open',
  about: 'connections to Redis that a NAT forgot, are never answered, or hang for good: the watchdog ends that worker',
  async run(world) {
    const [first, second] = world.workers.map(({ redisWay }) => redisWay);
    if (first === undefined || second === undefined) throw new Error('two workers are needed');
    await world.fault('a NAT forgets all connections of two workers; new ones pass', async () => {
      for (const way of [first, second]) way.forgetAll();
      await world.pause(silentMs);
    });
    await untilBusyAgain(world);
    await world.fault('all connections of all workers are forgotten, and new ones never answered', async () => {
      const ways = world.workers.map(({ redisWay }) => redisWay);
      await unanswered(world, ways, (way) => way.forgetAll());
    });
    await untilBusyAgain(world);
    // What is held arrives late, after it was sent again on another connection.
    await world.fault('all that two workers send is held up, and arrives after the fault', async () => {
      const ways = [first, second];
      for (const way of ways) await way.set({ toTarget: { hold: true }, toClient: { hold: true } });
      await world.pause(silentMs);
      for (const way of ways) await way.set({});
    });
    await untilBusyAgain(world);
    await world.fault('the same happens to the producer', async () => {
      await unanswered(world, [world.producer.redisWay], (way) => way.forgetAll());
    });
    await untilBusyAgain(world);
    await world.fault('all but small commands of one worker vanish for good', async () => await hang(world, first));
  },
};

async function unanswered(world: World, ways: readonly Way[], breakOpen: (way: Way) => void): Promise<void> {
  for (const way of ways) {
    await way.set({ welcome: 'half-open' });
    breakOpen(way);
  }
  await world.pause(silentMs);
  for (const way of ways) await way.set({});
}

/** It ends by itself, and is started again as a supervisor would. */
async function hang(world: World, way: Way): Promise<void> {
  const worker = world.workers.find(({ redisWay }) => redisWay === way);
  if (worker === undefined) throw new Error('no worker has this way');
  worker.child.expectEnd(hungExitCode);
  await way.set({ toTarget: { largestPieceBytes: smallPieceBytes } });
  await world
    .until(`the watchdog of ${worker.name} ends it`, () => !worker.isAlive, hungWithinMs)
    .catch(() => world.objections.push(`${worker.name} hangs, and no watchdog ends it`));
  await way.set({});
  if (!worker.isAlive) await worker.start();
}
