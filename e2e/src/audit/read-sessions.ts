import type { SessionRequest } from '@session-queue/core';
import type { World } from '../world/world.ts';

/** At each end of a request. */
const asked = 10;

/** Asks the index for some sessions of every request that was promised, and is there still. */
export async function readSessions(world: World): Promise<Map<string, readonly SessionRequest[]>> {
  const found = new Map<string, readonly SessionRequest[]>();
  if (!world.options.sessionIndex) return found;
  for (const { ask, outcome, request } of world.load.deliveries) {
    if (ask.kind !== 'deletion' || outcome !== 'promised' || request === undefined || world.kept.has(request)) continue;
    for (const item of new Set([...ask.items.slice(0, asked), ...ask.items.slice(-asked)])) {
      found.set(item, await world.client.findSession(item));
    }
  }
  return found;
}
