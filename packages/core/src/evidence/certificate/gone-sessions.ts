import { MerkleTree } from '../merkle/merkle-tree.ts';
import { leafBytes, newSalt, saltDigestOf, saltedLeaf } from '../merkle/salted-leaf.ts';
import { type Certificate, maxCarriedLeaves } from './certificate.ts';

/**
 * The sessions of a request that are gone, for its certificate: salted leaves in the order of their batches, of which 320 kB at most are held.
 * Each costs about 15 µs of a core, salted here, and half of it salted before: give way to others between some thousands.
 */
export class GoneSessions {
  readonly #salt: Buffer;
  readonly #tree = new MerkleTree();
  #list: Buffer[] = [];

  /** The salt is the request's: the same for each of its leaves. */
  constructor(salt: Buffer = newSalt()) {
    this.#salt = salt;
  }

  add(sessionId: string): void {
    this.addLeaf(saltedLeaf(this.#salt, sessionId));
  }

  /** For one that was salted when it was settled. */
  addLeaf(leaf: Buffer): void {
    if (leaf.length !== leafBytes) throw new RangeError(`a leaf has ${leafBytes} bytes, not ${leaf.length}`);
    this.#tree.add(leaf);
    if (this.#tree.size <= maxCarriedLeaves) this.#list.push(leaf);
    else this.#list = [];
  }

  /** What a certificate says of them; the leaves only of up to 10,000. */
  summary(): Pick<Certificate, 'gone' | 'leaves'> {
    const count = this.#tree.size;
    const root = this.#tree.root().toString('hex');
    const gone = { count, root, saltDigest: saltDigestOf(this.#salt) };
    if (count > maxCarriedLeaves) return { gone };
    const list = Buffer.concat(this.#list).toString('base64');
    return { gone, leaves: { salt: this.#salt.toString('base64'), list } };
  }
}
