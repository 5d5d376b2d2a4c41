import { SendGaps, sayGaps } from '../world/send-gaps.ts';
import type { Scenario } from './scenario.ts';

const sleeps = 12;
/** Longer than the sender allows between its check and its call (1 s). */
const sleepMs = 1_500;

export const sendGap: Scenario = {
  name: 'send-gap',
  about:
    'workers sleep (SIGSTOP) some ms after begin-send has let them send: says how long after that check calls leave',
  world: { workers: 4 },
  async run(world, random) {
    const gaps = new SendGaps(world);
    await world.pause(5_000);
    world.say(`undisturbed: ${sayGaps(await gaps.figures())}`);
    await world.fault(`${sleeps} sleeps of ${sleepMs} ms right before a call`, async () => {
      for (let n = 0; n < sleeps; n += 1) {
        const armed = world.at({ step: 'begin-send', when: 'before', by: 'worker' }, () => 'pass');
        const { who } = await world.reached('begin-send', armed);
        await world.pause(random.between(0, 30));
        world.app(who).sleep();
        await world.pause(sleepMs);
        world.app(who).wake();
      }
    });
    world.say(`with sleepers: ${sayGaps(await gaps.figures())}`);
  },
};
