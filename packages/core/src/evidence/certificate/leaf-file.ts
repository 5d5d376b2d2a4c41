import { EvidenceError } from '../evidence-error.ts';
import { MerkleTree } from '../merkle/merkle-tree.ts';
import { leafBytes, saltBytes, saltDigestOf, saltedLeaf } from '../merkle/salted-leaf.ts';
import type { Certificate } from './certificate.ts';

/** The first line of a file of leaves: whose they are, and their salt. */
export function saltLine(request: string, salt: Buffer): string {
  return JSON.stringify({ request, salt: salt.toString('base64') });
}

/** Every other line, in the order that the root covers. */
export function leafLine(leaf: Buffer): string {
  return JSON.stringify(leaf.toString('base64'));
}

/** The file of the leaves that a certificate carries itself. */
export function* carriedLeafLines({ request, leaves }: Certificate): Generator<string> {
  if (leaves === undefined) return;
  yield JSON.stringify({ request: request.id, salt: leaves.salt });
  const bytes = Buffer.from(leaves.list, 'base64');
  for (let at = 0; at < bytes.length; at += leafBytes) yield leafLine(bytes.subarray(at, at + leafBytes));
}

export interface FoundSessions {
  /** `wrong-leaves`: the file is not the one that the certificate was signed for. */
  is: 'genuine' | 'wrong-leaves';
  /** Of each session that was asked for, in their order, whether it is among those that are gone. */
  isGone: boolean[];
}

/**
 * Looks for sessions in a file of leaves, read once and trusted for nothing: all its leaves make the signed root, or it is another's. Holds a leaf
 * for each session that is asked for. Throws an `EvidenceError` (`bad_record`) when it is no such file.
 */
export async function findInLeafFile(
  { gone }: Certificate,
  lines: AsyncIterable<string> | Iterable<string>,
  sessionIds: readonly string[],
): Promise<FoundSessions> {
  const wanted = new Map<string, number[]>();
  const isGone = sessionIds.map(() => false);
  const tree = new MerkleTree();
  let salt: Buffer | undefined;
  for await (const line of lines) {
    if (salt === undefined) {
      salt = saltIn(line);
      for (const [index, id] of sessionIds.entries()) {
        const leaf = saltedLeaf(salt, id).toString('base64');
        wanted.set(leaf, [...(wanted.get(leaf) ?? []), index]);
      }
      continue;
    }
    const leaf = leafIn(line);
    tree.add(Buffer.from(leaf, 'base64'));
    for (const index of wanted.get(leaf) ?? []) isGone[index] = true;
  }
  if (salt === undefined) throw noLeafFile();
  const isSame =
    gone?.count === tree.size && gone.root === tree.root().toString('hex') && gone.saltDigest === saltDigestOf(salt);
  return { is: isSame ? 'genuine' : 'wrong-leaves', isGone };
}

function saltIn(line: string): Buffer {
  const value: unknown = parsed(line);
  const text = typeof value === 'object' && value !== null && 'salt' in value ? value.salt : undefined;
  const salt = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (salt.length === saltBytes) return salt;
  throw noLeafFile();
}

function leafIn(line: string): string {
  const text: unknown = parsed(line);
  if (typeof text === 'string' && Buffer.byteLength(text, 'base64') === leafBytes) return text;
  throw noLeafFile();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw noLeafFile();
  }
}

function noLeafFile(): EvidenceError {
  return new EvidenceError('bad_record', 'this is no file of leaves: take the one that `certificate --leaves` writes');
}
