import type { OptimumQuota } from '../../src/few-calls/optimum.ts';

/**
 * The fewest calls that any caller makes, even one that knows the future, found by trying all of them. Time goes in whole
 * milliseconds; a caller may call at any time that it has an item and a slot, and must call when the last call is a turn of the
 * quota's pace ago.
 */
export function fewestByTrying(arrivals: readonly number[], { calls, windowMs, itemsPerCall }: OptimumQuota): number {
  const known = new Map<string, number>();

  const from = (now: number, taken: number, called: readonly number[]): number => {
    if (taken === arrivals.length) return 0;
    const inWindow = called.filter((at) => at > now - windowMs);
    const last = called.at(-1) ?? Number.NEGATIVE_INFINITY;
    const key = `${now} ${taken} ${inWindow.join(',')} ${last}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const waiting = arrivals.slice(taken).filter((at) => at <= now).length;
    const mayCall = waiting > 0 && inWindow.length < calls;
    const mustCall = mayCall && now >= last + windowMs / calls;
    const afterCall = () => from(now, taken + Math.min(waiting, itemsPerCall), [...inWindow, now]);
    const fewest = Math.min(
      mayCall ? 1 + afterCall() : Number.POSITIVE_INFINITY,
      mustCall ? Number.POSITIVE_INFINITY : from(now + 1, taken, called.slice(-calls)),
    );
    known.set(key, fewest);
    return fewest;
  };
  return from(arrivals[0] ?? 0, 0, []);
}
