import { maxItemsPerBatch } from '@session-queue/core/engine';
import { type Lane, remainingItems } from './overview.ts';
import { callsAllowed } from './recent-rates.ts';

/** Time that a lane's open items will take, in ms; `undefined` where nobody can tell: it stands still, or has just begun. */
export function timeLeftOf(lane: Pick<Lane, 'items' | 'rate' | 'quota' | 'stop'>): number | undefined {
  const perMinute = itemsPerMinute(lane);
  return perMinute === undefined ? undefined : (remainingItems(lane) * 60_000) / perMinute;
}

/**
 * Time that one request has left in its lane. A claim takes an equal share from each open request, so that it is as long as all their items
 * at its share of the lane's speed, and never longer than the whole lane takes.
 */
export function timeLeftOfRequest(items: number, lane: Omit<Lane, 'isKnown'>): number | undefined {
  const perMinute = itemsPerMinute(lane);
  const whole = timeLeftOf(lane);
  if (perMinute === undefined || whole === undefined) return undefined;
  return Math.min(whole, (items * Math.max(1, lane.openRequests) * 60_000) / perMinute);
}

/** What it did lately, and no more than its quota lets through. */
function itemsPerMinute({ rate, quota, stop }: Pick<Lane, 'rate' | 'quota' | 'stop'>): number | undefined {
  if (stop !== undefined || rate === undefined || rate.itemsPerMinute === 0) return undefined;
  const most = quota === undefined ? Number.POSITIVE_INFINITY : callsAllowed(quota) * maxItemsPerBatch;
  return Math.min(rate.itemsPerMinute, most);
}
