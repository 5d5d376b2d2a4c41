import { createHash, type Hash } from 'node:crypto';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { unpackSessionId } from '../requests/packing.ts';
import { selectionItemsKey } from './selection.ts';

/** Bounds how long one command holds Redis. */
const chunk = 1_000;

/** The sessions of a selection in the order in which they were found, up to 1,000 at a time. */
export async function* selectedSessions(keys: ConsumerKeys, id: string): AsyncGenerator<string[], void, undefined> {
  const key = selectionItemsKey(keys, id);
  for (let from = 0; ; from += chunk) {
    const packed = await keys.redis.lrangeBuffer(key, from, from + chunk - 1);
    if (packed.length > 0) yield packed.map(unpackSessionId);
    if (packed.length < chunk) return;
  }
}

/** The digest of a selection: SHA-256 over its sessions in their order, each in UTF-8 and ended by a line feed. */
export class SelectionDigest {
  readonly #hash: Hash = createHash('sha256');
  #count = 0;

  add(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#hash.update(`${id}\n`);
    this.#count += sessionIds.length;
  }

  get count(): number {
    return this.#count;
  }

  /** In hex; more may be added. */
  get value(): string {
    return this.#hash.copy().digest('hex');
  }
}
