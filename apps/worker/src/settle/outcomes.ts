import type { Batch, ItemOutcome } from '@session-queue/core/engine';

/** The same outcome for each item of a batch. */
export function everyItem(batch: Batch, outcome: ItemOutcome): ItemOutcome[] {
  return Array.from({ length: batch.size }, () => outcome);
}
