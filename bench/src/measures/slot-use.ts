import { mean } from '@session-queue/testing';
import type { RoundTrip } from '../lab/way.ts';
import type { CallQuota } from './quota-share.ts';

/** How a caller used the slots of a quota, by the times of its own calls. */
export interface SlotUse {
  /** Mean of all calls. */
  roundTripMs: number;
  /** From the moment that a call could be proven to be safe to its leaving; mean of all calls but the first window's. */
  lagMs: number;
  /** The share of the provable bound: a slot's window and round trip, of what it took. */
  ofBound: number;
}

/**
 * The n-th call is safe one window after the answer to all but `calls` - 1 of those before it. What it leaves later is lost.
 * Exact where the share of the quota is not: that holds the luck of the few round trips of a short run.
 */
export function slotUse(roundTrips: readonly RoundTrip[], { calls, windowMs }: CallQuota): SlotUse {
  const leftAt = roundTrips.map((one) => one.leftAt).toSorted((one, other) => one - other);
  const answeredAt = roundTrips.map((one) => one.answeredAt).toSorted((one, other) => one - other);
  const lagMs = mean(leftAt.slice(calls).map((at, i) => at - (answeredAt[i] ?? Number.NaN) - windowMs));
  const roundTripMs = mean(roundTrips.map((one) => one.answeredAt - one.leftAt));
  const cycleMs = windowMs + roundTripMs;
  return { roundTripMs, lagMs, ofBound: cycleMs / (cycleMs + lagMs) };
}
