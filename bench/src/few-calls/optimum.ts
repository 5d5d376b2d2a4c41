export interface OptimumQuota {
  calls: number;
  windowMs: number;
  itemsPerCall: number;
}

/**
 * The fewest calls that these arrivals (ms, in order, one item each) allow under the rule that a lone item is never delayed.
 *
 * A caller without network and without other work would do this: whenever an item waits and a slot is free, it calls if the call
 * is full, or if the last call lies at least window / calls back; else it waits for whichever comes first. An item that finds the
 * line empty and the last call so long ago goes at once, as the rule demands: nothing says that another will follow. What comes
 * sooner after a call waits, at the most until the pace of the quota allows the next, and shares it. To wait longer would delay an
 * item for which the quota has a call; to go sooner would make one more call; so no caller that does not know the future and keeps
 * the rule makes fewer. A slot is free again exactly one window after its call: with network it takes longer, and more items
 * meet in a call, so the real number may lie below by the few calls that a slower pace saves.
 */
export function optimum(arrivals: readonly number[], { calls, windowMs, itemsPerCall }: OptimumQuota): number {
  const called: number[] = [];
  let taken = 0;
  while (taken < arrivals.length) {
    const last = called.at(-1) ?? Number.NEGATIVE_INFINITY;
    const slotFreeAt = (called.at(-calls) ?? Number.NEGATIVE_INFINITY) + windowMs;
    const first = arrivals[taken] ?? 0;
    const partialAt = Math.max(first, slotFreeAt, last + windowMs / calls);
    // With the last of a full call's items the call is full; there may be no such item any more.
    const filler = arrivals[taken + itemsPerCall - 1] ?? Number.POSITIVE_INFINITY;
    const at = Math.min(partialAt, Math.max(filler, slotFreeAt, last));
    let waiting = 0;
    while (waiting < itemsPerCall && (arrivals[taken + waiting] ?? Number.POSITIVE_INFINITY) <= at) waiting += 1;
    taken += waiting;
    called.push(at);
  }
  return called.length;
}
