import { slopeOf } from '@session-queue/testing';

/** At most `calls` in any `windowMs`. */
export interface CallQuota {
  calls: number;
  windowMs: number;
}

/**
 * The share of its quota that somebody used who had always something to send, from the times (ms, in any order) of the calls that
 * were accepted: the slope of the line through the count of calls over time, of what the quota allows. Calls come in bursts of
 * `calls` or one by one, and a run ends amid a burst or between two: the mean from the first to the last is off by up to a burst
 * either way (12 % of a run of 30 s, to the harm of whoever spaces calls evenly), the slope by less than a percent.
 * NaN while the calls lie within one window, which says nothing about a rate.
 */
export function quotaShare(acceptedAt: readonly number[], { calls, windowMs }: CallQuota): number {
  const sorted = acceptedAt.toSorted((one, other) => one - other);
  const [first, last] = [sorted.at(0), sorted.at(-1)];
  if (first === undefined || last === undefined || last - first < windowMs) return Number.NaN;
  return (slopeOf(sorted.map((x, y) => ({ x, y }))) * windowMs) / calls;
}

/** The most that a caller can use who must not know the network: a slot is free again one window after the response. */
export function provableBound({ windowMs }: CallQuota, meanRoundTripMs: number): number {
  return windowMs / (windowMs + meanRoundTripMs);
}
