import { bullPrefix, queueNames } from '@session-queue/core';
import type { Delivery } from '../load/delivery.ts';
import type { World } from './world.ts';

/** Epoch ms, both ends included. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** A moment that Redis may be taken back to: what was promised by then it may not lose. */
export interface Mark {
  at: number;
  promised: ReadonlySet<Delivery>;
}

export function markNow({ load }: World): Mark {
  return { at: Date.now(), promised: new Set(load.deliveries.filter(({ outcome }) => outcome === 'promised')) };
}

/**
 * Redis is back as it was at the mark or later. Of what was promised since, notes what it does not know any more as forgotten: that
 * is what `appendfsync everysec`, a failover or an older copy may cost, and no loss. All else must be there.
 */
export async function forgetSince(world: World, { at, promised }: Mark): Promise<void> {
  world.forgotten.push({ from: at, to: Date.now() });
  const doubtful = world.load.deliveries.filter((one) => one.outcome === 'promised' && !promised.has(one));
  let requests = 0;
  let items = 0;
  for (const delivery of doubtful) {
    if (await isKnown(world, delivery)) continue;
    delivery.outcome = 'forgotten';
    world.load.forget(delivery);
    requests += 1;
    items += new Set(delivery.ask.items).size;
  }
  world.say(`of ${doubtful.length} requests promised since then Redis has forgotten ${requests}, with ${items} items`);
}

async function isKnown({ client, data }: World, { ask, request }: Delivery): Promise<boolean> {
  const view = request === undefined ? undefined : await client.getRequest(request);
  if (view !== undefined && view.state !== 'receiving') return true;
  // Until its intake a plain job is all there is.
  return (
    ask.way === 'plain' &&
    (await data.exists(`${bullPrefix('session-queue')}:${queueNames[ask.kind].requests}:${ask.name}`)) === 1
  );
}
