import type { Batch } from '@session-queue/core/engine';

/**
 * What an inspector says of an item that must not be sent: `s` it has succeeded before, `f` it fails, with the code and message of why,
 * or `w` it is to wait and go out later.
 */
export type Verdict = Settled | { outcome: 'w' };

export interface Settled {
  outcome: 's' | 'f';
  code: string;
  message: string;
  /** What is said of this item in place of the message. */
  ofItem?: string;
}

/** A claimed batch, before anything of it is sent. */
export type InspectedBatch = Pick<Batch, 'id' | 'kind' | 'claims' | 'shares' | 'size'>;

/** Looks at a claimed batch before it is sent. Says by an item's place what must not be; empty in the usual case. */
export interface Inspector {
  /** `items`: session ids or submissions, in the order of the batch. */
  inspect(batch: InspectedBatch, items: readonly string[]): Promise<ReadonlyMap<number, Verdict>>;
}

/** Asks one inspector after the other: what the first that has something to say does not settle is inspected again. */
export async function inspectAll(
  inspectors: readonly Inspector[],
  batch: InspectedBatch,
  items: readonly string[],
): Promise<ReadonlyMap<number, Verdict>> {
  for (const inspector of inspectors) {
    const verdicts = await inspector.inspect(batch, items);
    if (verdicts.size > 0) return verdicts;
  }
  return new Map();
}
