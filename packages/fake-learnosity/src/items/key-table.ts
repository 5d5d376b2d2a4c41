/**
 * A set of keys of a fixed width that gives each a number, in the order of their arrival. Kept in typed arrays outside the
 * garbage collector's sight: 16-byte keys cost 24 to 48 bytes each, where a Map of strings costs over 100.
 */
export class KeyTable {
  readonly #words: number;
  #keys: Uint32Array;
  /** Open addressing; holds a key's number + 1, 0 for empty. At most half full. */
  #slots = new Uint32Array(1024);
  #size = 0;

  /** `words` is the width of a key in 32-bit words. */
  constructor(words: number) {
    this.#words = words;
    this.#keys = new Uint32Array(512 * words);
  }

  get size(): number {
    return this.#size;
  }

  /** The key's number, or -1. */
  find(key: Uint32Array): number {
    return (this.#slots[this.#slotOf(key, 0)] ?? 0) - 1;
  }

  /** The key's number; an unknown key gets the next one. */
  add(key: Uint32Array): number {
    const slot = this.#slotOf(key, 0);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    const number = this.#size;
    if ((number + 1) * this.#words > this.#keys.length) {
      const keys = new Uint32Array(this.#keys.length * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys.set(key, number * this.#words);
    this.#slots[slot] = number + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  /** The key of a number that was given out. */
  key(number: number): Uint32Array {
    return this.#keys.subarray(number * this.#words, (number + 1) * this.#words);
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number += 1) {
      this.#slots[this.#slotOf(this.#keys, number * this.#words)] = number + 1;
    }
  }

  /** The slot of the key that starts at `offset` of `source`: its own, or the empty one where it belongs. */
  #slotOf(source: Uint32Array, offset: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(source, offset) & mask;
    for (;;) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0 || this.#holds(entry - 1, source, offset)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #holds(number: number, source: Uint32Array, offset: number): boolean {
    const start = number * this.#words;
    for (let word = 0; word < this.#words; word += 1) {
      if (this.#keys[start + word] !== source[offset + word]) return false;
    }
    return true;
  }

  /** Mixes every word: the ids of tests often differ in their last digits only. */
  #hash(source: Uint32Array, offset: number): number {
    let mixed = 0;
    for (let word = 0; word < this.#words; word += 1) {
      mixed = Math.imul(mixed ^ (source[offset + word] ?? 0), 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    mixed = Math.imul(mixed, 0x85ebca6b);
    return mixed ^ (mixed >>> 13);
  }
}
