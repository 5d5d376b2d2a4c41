import type { Fate } from '../tap/points.ts';
import { preloaded } from '../world/preloaded.ts';
import { SendGaps, sayGaps } from '../world/send-gaps.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Past BullMQ's lock (30 s), and far past the lease of a call. */
const blockedMs = 40_000;

export const eventLoop: Scenario = {
  name: 'event-loop',
  about: 'the event loops of two workers are blocked for 40 s, past lock and lease, at their worst moments, then go on',
  async run(world) {
    const gaps = new SendGaps(world);
    const env = preloaded('block-loop', { BLOCK_LOOP_MS: blockedMs });
    const [one, other] = [await world.addWorker(env), await world.addWorker(env)];
    await world.fault('two event loops are blocked for 40 s', async () => {
      // One has the right to send, and the other waits for the answer to its call.
      await blockAt(world, 'begin-send', one.name);
      await blockAt(world, 'call deletion', other.name);
      await world.pause(blockedMs);
    });
    world.say(sayGaps(await gaps.figures()));
  },
};

async function blockAt(world: World, step: string, by: string): Promise<void> {
  const { child } = world.app(by);
  const armed = world.at({ step, when: 'after', by }, async (): Promise<Fate> => {
    child.signal('SIGUSR2');
    // What it is to hear waits in its socket.
    await child.says('the event loop is blocked');
    return 'pass';
  });
  await world.reached(`after ${step} of ${by}`, armed);
}
