import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InclusionPath, verifyInclusion } from '../../../src/evidence/merkle/inclusion.ts';
import { MerkleTree } from '../../../src/evidence/merkle/merkle-tree.ts';

function sha256(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** RFC 9162, 2.1.1, as it is written there. */
function rootAsInTheRfc(leaves: readonly Buffer[]): Buffer {
  const [leaf] = leaves;
  if (leaf === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaf);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootAsInTheRfc(leaves.slice(0, k)), rootAsInTheRfc(leaves.slice(k)));
}

/** RFC 9162, 2.1.3.1, likewise. */
function pathAsInTheRfc(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return m < k
    ? [...pathAsInTheRfc(m, leaves.slice(0, k)), rootAsInTheRfc(leaves.slice(k))]
    : [...pathAsInTheRfc(m - k, leaves.slice(k)), rootAsInTheRfc(leaves.slice(0, k))];
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  const path = new InclusionPath(index, leaves.length);
  for (const leaf of leaves) path.add(leaf);
  return path.hashes();
}

const anyLeaves = (minLength = 0) =>
  fc.array(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    { minLength, maxLength: 70 },
  );
const leavesAndPlace = anyLeaves(1).chain((leaves) => fc.tuple(fc.constant(leaves), fc.nat(leaves.length - 1)));

describe('a Merkle tree', () => {
  // The test vectors of Certificate Transparency's reference implementation.
  const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('has the root that others find over %d leaves', (size, root) => {
    expect(rootOf(known.slice(0, size).map((hex) => Buffer.from(hex, 'hex'))).toString('hex')).toBe(root);
  });

  test('has the root and the paths of RFC 9162, for any leaves', () => {
    fc.assert(
      fc.property(leavesAndPlace, ([leaves, index]) => {
        expect(rootOf(leaves)).toEqual(rootAsInTheRfc(leaves));
        expect(pathOf(index, leaves)).toEqual(pathAsInTheRfc(index, leaves));
      }),
    );
  });

  test('tells its root in between, and goes on', () => {
    fc.assert(
      fc.property(anyLeaves(), (leaves) => {
        const tree = new MerkleTree();
        for (const [index, leaf] of leaves.entries()) {
          expect(tree.root()).toEqual(rootAsInTheRfc(leaves.slice(0, index)));
          tree.add(leaf);
        }
        expect(tree.size).toBe(leaves.length);
      }),
      { numRuns: 20 },
    );
  });

  test('shows any of its leaves by its path', () => {
    fc.assert(
      fc.property(leavesAndPlace, ([leaves, index]) => {
        const found = { leaf: leaves[index] as Buffer, index, size: leaves.length, root: rootOf(leaves) };
        expect(verifyInclusion(found, pathOf(index, leaves))).toBe(true);
      }),
    );
  });

  test('shows none by any other path, place, size, leaf or root', () => {
    const change = fc.constantFrom('leaf', 'place', 'size', 'root', 'path', 'longer', 'shorter');
    fc.assert(
      fc.property(leavesAndPlace, change, fc.nat(), ([leaves, index], what, pick) => {
        const distinct = leaves.map((leaf, at) => Buffer.concat([leaf, Buffer.of(at)]));
        const found = { leaf: distinct[index] as Buffer, index, size: distinct.length, root: rootOf(distinct) };
        const path = pathOf(index, distinct);
        const at = pick % Math.max(path.length, 1);
        if (what === 'leaf') found.leaf = Buffer.concat([found.leaf, Buffer.of(1)]);
        if (what === 'root') found.root = sha256(found.root);
        if (what === 'place') found.index = (index + 1 + (pick % distinct.length)) % (distinct.length + 1);
        if (what === 'path') path[at] = sha256(path[at] ?? Buffer.alloc(0));
        if (what === 'longer') path.splice(at, 0, sha256());
        if (what === 'shorter') path.splice(at, 1);
        if (what === 'size') {
          // Other sizes in which the leaf has a way of another shape; those of the same shape have the same root by definition.
          found.size = distinct.length * 2 + 1 + (pick % 50);
        }
        fc.pre(what !== 'place' || found.index !== index);
        fc.pre(what !== 'shorter' || distinct.length > 1);
        expect(verifyInclusion(found, path)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('needs all leaves for a path', () => {
    const path = new InclusionPath(0, 3);
    path.add(Buffer.of(1));
    expect(() => path.hashes()).toThrow('1 leaves came, not 3');
  });
});
