import type { Kind } from '@session-queue/core';
import type { Delivery } from '../load/delivery.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const someHaltMs = 8_000;
/** Four more tries, 5, 10, 15 and 20 s after a halt, and each job's own time. */
const fiveHaltsMs = 90_000;

export const halted: Scenario = {
  name: 'halted',
  about:
    'half of all jobs halt for a while, and those of some items always do: these fail after 5 halts, or are parked after one',
  world: {
    consumers: 2,
    load: { backlogWindows: { deletion: 2, resubmission: 1 } },
    settleWithinMs: fiveHaltsMs,
  },
  async run(world, random) {
    const consumer = random.pick(world.consumers).name;
    const poison = (kind: Kind, ignoring: boolean) =>
      ownAsk(random, { name: `halts-${kind}-${ignoring}`, way: 'http', consumer, items: 3, kind, ignoring });
    const asks = [poison('deletion', false), poison('resubmission', false), poison('resubmission', true)];
    const holding = asks.flatMap(({ items }) => items);
    const always = await world.fake.script({ fault: 'halted', match: { holding } });
    const deliveries = await Promise.all(asks.map((ask) => world.load.ask(ask)));
    await world.fault('half of all jobs halt', async () => {
      const some = await world.fake.script({ fault: 'halted', probability: 0.5 });
      await world.pause(someHaltMs);
      if ((await some.remove()) === 0) world.objections.push('no job halted');
    });
    await world
      .until('what always halts is reported', () => allReported(world, deliveries), fiveHaltsMs)
      .catch(() => world.objections.push(`what always halts is not reported within ${fiveHaltsMs / 1_000} s`));
    await always.remove();
    for (const delivery of deliveries) await checkReport(world, delivery);
  },
};

async function allReported(world: World, deliveries: readonly Delivery[]): Promise<boolean> {
  const views = await Promise.all(deliveries.map(({ request }) => world.client.getRequest(request ?? '')));
  return views.every((view) => view !== undefined && view.counts.failed + view.counts.parked === view.counts.total);
}

/** Whoever reads the report is told why. */
async function checkReport({ client, objections }: World, { ask, request = '' }: Delivery): Promise<void> {
  const { items } = await client.listItems(request, ask.ignoring ? 'parked' : 'failed').catch(() => ({ items: [] }));
  const told = items.filter(({ code, message }) => code === 'halted' && message.includes('halted')).length;
  if (told !== ask.items.length)
    objections.push(`${ask.name}: ${told} of ${ask.items.length} items are reported as halted`);
}
