import { type ConsumerKeys, heldAmong, holdsOn, legalHoldCode } from '@session-queue/core/engine';
import type { InspectedBatch, Inspector, Verdict } from './inspector.ts';

/** It leads to the hold, where the reason stands: that is for those who may read holds. */
function held(hold: string | undefined): Verdict {
  const which = hold === undefined ? 'a legal hold' : `the legal hold ${hold}`;
  return { outcome: 'f', code: legalHoldCode, message: `Its session is under ${which}: it is not sent for deletion` };
}

/** Keeps sessions under a legal hold from being sent: new items, retries and halves of split batches alike. */
export class LegalHoldInspector implements Inspector {
  readonly #keys: ConsumerKeys;

  constructor(keys: ConsumerKeys) {
    this.#keys = keys;
  }

  async inspect({ kind }: InspectedBatch, items: readonly string[]): Promise<ReadonlyMap<number, Verdict>> {
    if (kind !== 'deletion') return new Map();
    const positions = await heldAmong(this.#keys, items);
    const holds = await holdsOn(
      this.#keys,
      positions.map((position) => items[position] ?? ''),
    );
    return new Map(positions.map((position, place) => [position, held(holds[place])]));
  }
}
