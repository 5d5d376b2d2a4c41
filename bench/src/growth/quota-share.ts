import type { CallBook } from '@session-queue/fake-learnosity';

/** Share of the quota: calls beyond the first window's, by the time from the first to the last, over what the quota allows. */
export function quotaShare(
  book: CallBook | undefined,
  { calls, windowMs }: { calls: number; windowMs: number },
): number {
  const { counted = 0, firstArrival, lastArrival } = book ?? {};
  if (firstArrival == null || lastArrival == null || counted <= calls) return 0;
  return ((counted - calls) / calls) * (windowMs / (lastArrival - firstArrival));
}
