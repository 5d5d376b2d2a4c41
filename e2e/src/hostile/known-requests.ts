import { badPrefix } from '../load/asks.ts';
import type { Delivery } from '../load/delivery.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { Known } from './places.ts';

/** Requests, of one item each, half of them with one that fails; and as many selections. */
const knownRequests = 6;

/** What anybody may look at, change and cancel: nobody is promised any of it. */
export async function askForKnown(world: World, random: Random): Promise<Known[]> {
  const known: Known[] = [];
  for (let n = 0; n < knownRequests; n += 1) {
    const isBad = n % 2 === 0;
    const item = `${badPrefix.deletion.slice(0, isBad ? undefined : 8)}known-${random.uuid()}`;
    const consumer = world.consumers[n % world.consumers.length]?.name ?? 'default';
    const { id } = await world.client.deleteSessions({ consumer, sessionIds: [item] });
    const selection = await world.client.select({ consumer, filter: { sessionIds: [item] } });
    known.push({ request: id, selection: selection.id });
    const ask = {
      name: id,
      way: 'http' as const,
      kind: 'deletion' as const,
      consumer,
      ignoring: false,
      items: [item],
      bad: new Set(isBad ? [item] : []),
    };
    const delivery: Delivery = { ask, outcome: 'unknown', request: id, total: 1, heard: [] };
    world.load.deliveries.push(delivery);
  }
  return known;
}
