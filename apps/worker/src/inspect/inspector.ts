import type { Batch } from '@session-queue/core/engine';

/** What becomes of an item that is not to be sent: it counts as succeeded, or fails. */
export interface Verdict {
  outcome: 's' | 'f';
  code: string;
  message: string;
}

/** Looks at a batch that was claimed, however its items came into it, before anything of it is sent. */
export interface Inspector {
  /** Verdicts by position, of the items that are not to be sent; usually of none. `packed`: the items as they lie in Redis. */
  inspect(batch: Batch, packed: readonly Buffer[]): Promise<ReadonlyMap<number, Verdict>>;
}
