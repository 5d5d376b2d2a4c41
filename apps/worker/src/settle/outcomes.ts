import type { Batch, ItemOutcome } from '@session-queue/core/engine';

/** What is told of a batch that is closed. */
export type ClosedBatch = Pick<Batch, 'id' | 'kind' | 'shares'>;

/** The same outcome for each item of a batch. */
export function everyItem(batch: Pick<Batch, 'size'>, outcome: ItemOutcome): ItemOutcome[] {
  return Array.from({ length: batch.size }, () => outcome);
}
