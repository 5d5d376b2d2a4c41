import { type ConsumerKeys, heldAmong, legalHoldCode } from '@session-queue/core/engine';
import type { InspectedBatch, Inspector, Verdict } from './inspector.ts';

const held: Verdict = {
  outcome: 'f',
  code: legalHoldCode,
  message: 'Its session is under a legal hold: it is not sent for deletion',
};

/** Keeps sessions under a legal hold from being sent: new items, retries and halves of split batches alike. */
export class LegalHoldInspector implements Inspector {
  readonly #keys: ConsumerKeys;

  constructor(keys: ConsumerKeys) {
    this.#keys = keys;
  }

  async inspect({ kind }: InspectedBatch, items: readonly string[]): Promise<ReadonlyMap<number, Verdict>> {
    if (kind !== 'deletion') return new Map();
    const positions = await heldAmong(this.#keys, items);
    return new Map(positions.map((position) => [position, held]));
  }
}
