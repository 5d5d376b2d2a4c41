import { createHash } from 'node:crypto';
import { KeyTable } from './key-table.ts';

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Session ids by number. Canonical UUIDs are packed to their 16 bytes; any other id is hashed, and its text kept. */
export class SessionIds {
  readonly #table = new KeyTable(4);
  readonly #texts = new Map<number, string>();
  readonly #key = new Uint32Array(4);

  get size(): number {
    return this.#table.size;
  }

  /** The id's number, or -1. */
  find(id: string): number {
    this.#pack(id);
    return this.#table.find(this.#key);
  }

  add(id: string): number {
    const packed = this.#pack(id);
    const number = this.#table.add(this.#key);
    if (!packed) this.#texts.set(number, id);
    return number;
  }

  text(number: number): string {
    const text = this.#texts.get(number);
    if (text !== undefined) return text;
    const hex = Array.from(this.#table.key(number), (word) => word.toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** The four words that the id of a number is packed to. */
  key(number: number): Uint32Array {
    return this.#table.key(number);
  }

  #pack(id: string): boolean {
    if (canonicalUuid.test(id)) {
      this.#key[0] = Number.parseInt(id.slice(0, 8), 16);
      this.#key[1] = Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
      this.#key[2] = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
      this.#key[3] = Number.parseInt(id.slice(28), 16);
      return true;
    }
    const digest = createHash('sha256').update(id).digest();
    for (let word = 0; word < 4; word += 1) this.#key[word] = digest.readUInt32BE(word * 4);
    return false;
  }
}
