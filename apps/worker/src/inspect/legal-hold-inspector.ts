import { type ConsumerKeys, heldAmong, holdsOn, legalHoldCode } from '@session-queue/core/engine';
import type { InspectedBatch, Inspector, Verdict } from './inspector.ts';

/** What is said of an item leads to its hold, where the reason stands: that is for those who may read holds. */
function held(hold: string | undefined): Verdict {
  const message = under('a legal hold');
  const ofItem = hold === undefined ? message : under(`the legal hold ${hold}`);
  return { outcome: 'f', code: legalHoldCode, message, ofItem };
}

function under(hold: string): string {
  return `Its session is under ${hold}: it is not sent for deletion`;
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
