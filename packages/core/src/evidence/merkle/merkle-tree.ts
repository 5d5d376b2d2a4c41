import { createHash } from 'node:crypto';

/**
 * A Merkle tree as in RFC 9162, section 2.1, of leaves that are added in order. It keeps one hash for each level and no leaf:
 * 23 hashes for 5,000,000.
 */
export class MerkleTree {
  /** Roots of full subtrees, the largest first: their sizes are the bits of `#size`. */
  readonly #roots: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: Buffer): void {
    let root = leafHash(leaf);
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      root = nodeHash(this.#roots.pop() ?? empty, root);
    }
    this.#roots.push(root);
    this.#size += 1;
  }

  /** Of the leaves so far. More may be added after it. */
  root(): Buffer {
    const last = this.#roots.at(-1);
    if (last === undefined) return createHash('sha256').digest();
    return this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

const empty = Buffer.alloc(0);
const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

export function leafHash(leaf: Buffer): Buffer {
  return createHash('sha256').update(leafPrefix).update(leaf).digest();
}

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}
