import { fingerprint } from './chunks.ts';
import { maxPackedBytes, packedUuidBytes, packSessionId } from './packing.ts';
import type { Kind } from './request.ts';
import { SeenMany } from './seen.ts';

/** Tells, for millions of items in 14 bytes each, which were there before; as an upload does, to the same count. */
export class KnownItems {
  readonly #kind: Kind;
  readonly #seen = new SeenMany();
  readonly #packed = Buffer.alloc(maxPackedBytes);

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** Adds an item that `itemFault` lets through; answers whether it is new. */
  add(item: string): boolean {
    return this.enter(item) >= 0;
  }

  /** Adds it; answers with a number that is its own, up to little over the count, or with `~number` where it was there. */
  enter(item: string): number {
    if (this.#kind === 'resubmission') return this.#seen.enter(fingerprint(item), 0);
    const length = packSessionId(item, this.#packed, 0);
    if (length === packedUuidBytes) return this.#seen.enter(this.#packed, 0);
    return this.#seen.enter(fingerprint(this.#packed.subarray(0, length)), 0);
  }
}
