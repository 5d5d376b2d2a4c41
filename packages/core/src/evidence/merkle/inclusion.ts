import { leafHash, MerkleTree, nodeHash } from './merkle-tree.ts';

/** A run of leaves, and the tree over them. */
interface Sibling {
  readonly from: number;
  readonly to: number;
  readonly tree: MerkleTree;
}

/** Makes the inclusion path of leaf `index` (RFC 9162, 2.1.3.1) while all `size` leaves pass by, in some kB of memory. */
export class InclusionPath {
  /** From the leaf up to the root: the subtrees beside the way. */
  readonly #siblings: readonly Sibling[];
  /** The same by their places. Together they are all leaves but one. */
  readonly #inOrder: readonly Sibling[];
  readonly #index: number;
  readonly #size: number;
  #taken = 0;
  #at = 0;

  constructor(index: number, size: number) {
    this.#index = index;
    this.#size = size;
    this.#siblings = siblingsOf(index, size);
    this.#inOrder = this.#siblings.toSorted((one, other) => one.from - other.from);
  }

  /** Takes the next leaf. */
  add(leaf: Buffer): void {
    const place = this.#taken;
    this.#taken += 1;
    if (place === this.#index) return;
    // The leaf itself lies between two of them.
    if (place >= (this.#inOrder[this.#at]?.to ?? this.#size)) this.#at += 1;
    this.#inOrder[this.#at]?.tree.add(leaf);
  }

  /** Once all leaves were added. */
  hashes(): Buffer[] {
    if (this.#taken !== this.#size) throw new RangeError(`${this.#taken} leaves came, not ${this.#size}`);
    return this.#siblings.map(({ tree }) => tree.root());
  }
}

/** Splits down to the leaf, each time at the largest power of two that is smaller than the run. */
function siblingsOf(index: number, size: number): Sibling[] {
  const siblings: Sibling[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + 2 ** Math.floor(Math.log2(to - from - 1));
    const isLeft = index < middle;
    siblings.unshift({ ...(isLeft ? { from: middle, to } : { from, to: middle }), tree: new MerkleTree() });
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  return siblings;
}

/** Whether a tree of `size` leaves and this root has the leaf at `index` (RFC 9162, 2.1.3.2). */
export function verifyInclusion(
  { leaf, index, size, root }: { leaf: Buffer; index: number; size: number; root: Buffer },
  path: readonly Buffer[],
): boolean {
  if (index >= size) return false;
  let hash = leafHash(leaf);
  // Where the node is in its level, and where the level's last one is.
  let [place, last] = [index, size - 1];
  for (const sibling of path) {
    if (last === 0) return false;
    const isRight = place % 2 === 1;
    hash = isRight || place === last ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    // The last node of a level that has no sibling is the same on the next one.
    while (place % 2 === 0 && place === last && place > 0) [place, last] = [half(place), half(last)];
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && hash.equals(root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}
