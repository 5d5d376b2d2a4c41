import type { ItemCounts, RequestView } from '@session-queue/core';
import { readable } from '../wording.ts';

/** Items whose end is known. */
export function settled({ succeeded, failed, cancelled }: ItemCounts): number {
  return succeeded + failed + cancelled;
}

/** Items that have been sent, whatever came of it. */
export function sent({ submitted, parked, succeeded, failed }: ItemCounts): number {
  return submitted + parked + succeeded + failed;
}

/** Whether all that is left of a request is parked. */
export function waitsForPerson({ counts }: RequestView): boolean {
  return counts.parked > 0 && counts.pending + counts.claimed + counts.submitted === 0;
}

/** The counts that are not zero, in words. */
export function countsLine({ counts }: RequestView): string {
  const without = [
    counts.absent > 0 ? `${readable(counts.absent)} already gone` : '',
    counts.alreadyDeleted > 0 ? `${readable(counts.alreadyDeleted)} deleted before` : '',
  ].filter(Boolean);
  const absent = without.length > 0 ? ` (${without.join(', ')})` : '';
  const parts: [number, string][] = [
    [counts.succeeded, `succeeded${absent}`],
    [counts.failed, 'failed'],
    [counts.cancelled, 'cancelled'],
    [counts.parked, 'parked'],
    [counts.submitted, 'at Learnosity'],
    [counts.claimed, 'being sent'],
    [counts.pending, 'waiting'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${readable(count)} ${word}`);
  return shown.length === 0 ? 'no items' : shown.join(', ');
}

/** What keeps an open request from going on, in brackets; else nothing. */
export function stopOf(view: RequestView): string {
  if (view.allStopped !== undefined) return ' (stopped)';
  return view.laneStopped === undefined ? '' : ' (lane stopped)';
}
