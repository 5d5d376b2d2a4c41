import { InclusionPath, verifyInclusion } from '../merkle/inclusion.ts';
import { saltDigestOf, saltedLeaf } from '../merkle/salted-leaf.ts';
import type { Certificate, DeletionProof } from './certificate.ts';

type Gone = NonNullable<Certificate['gone']>;

/** All leaves behind a certificate, in order: read twice. */
export type LeafSource = () => AsyncIterable<Buffer> | Iterable<Buffer>;

/**
 * Makes the proof that a session is gone; `undefined` when it is not among the leaves. Memory does not grow with their number. Throws
 * a `RangeError` when the leaves are fewer or more than `count`.
 */
export async function proveDeletion(
  leaves: LeafSource,
  { salt, count, sessionId }: { salt: Buffer; count: number; sessionId: string },
): Promise<DeletionProof | undefined> {
  const wanted = saltedLeaf(salt, sessionId);
  const index = await placeOf(leaves(), wanted);
  if (index === undefined) return undefined;
  const path = new InclusionPath(index, count);
  for await (const leaf of leaves()) path.add(leaf);
  return { salt: salt.toString('base64'), index, path: path.hashes().map((hash) => hash.toString('hex')) };
}

async function placeOf(leaves: ReturnType<LeafSource>, wanted: Buffer): Promise<number | undefined> {
  let index = 0;
  for await (const leaf of leaves) {
    if (wanted.equals(leaf)) return index;
    index += 1;
  }
  return undefined;
}

/** Whether a proof shows that the session is among those that are gone. */
export function verifyDeletion({ count, root, saltDigest }: Gone, proof: DeletionProof, sessionId: string): boolean {
  const salt = Buffer.from(proof.salt, 'base64');
  if (saltDigestOf(salt) !== saltDigest) return false;
  const leaf = saltedLeaf(salt, sessionId);
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
  return verifyInclusion({ leaf, index: proof.index, size: count, root: Buffer.from(root, 'hex') }, path);
}
