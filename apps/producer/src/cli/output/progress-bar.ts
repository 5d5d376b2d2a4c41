import type { ItemCounts } from '@session-queue/core';

const width = 30;

/** The part of the items whose end is known, 0 to 1. */
export function settledShare(counts: ItemCounts): number {
  if (counts.total === 0) return 0;
  return (counts.succeeded + counts.failed + counts.cancelled) / counts.total;
}

/** `[######......]  20 %`; never 100 % before the last item. */
export function progressBar(share: number): string {
  const filled = Math.floor(share * width);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${percent} %`;
}
