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
    if (this.#kind === 'resubmission') return this.#seen.add(fingerprint(item), 0);
    const length = packSessionId(item, this.#packed, 0);
    if (length === packedUuidBytes) return this.#seen.add(this.#packed, 0);
    return this.#seen.add(fingerprint(this.#packed.subarray(0, length)), 0);
  }
}
