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
    return this.enterPacked(this.#packed.subarray(0, packSessionId(item, this.#packed, 0)));
  }

  /** `add` of a session by its packed id, for less where that is at hand. */
  addPacked(packed: Buffer): boolean {
    return this.enterPacked(packed) >= 0;
  }

  /** `enter` of a session by its packed id. */
  enterPacked(packed: Buffer): number {
    return this.#seen.enter(packed.length === packedUuidBytes ? packed : fingerprint(packed), 0);
  }
}
