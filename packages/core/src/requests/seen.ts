import { randomFillSync } from 'node:crypto';

/** Knows what a request holds already; an item is known by 16 bytes: a UUID by its own, any other by its fingerprint. */
export interface Seen {
  /** Adds the 16 bytes at `at`; answers whether they are new. */
  add(bytes: Buffer, at: number): boolean;
}

/** For the thousand items of a small request. */
export class SeenFew implements Seen {
  readonly #known = new Set<string>();

  add(bytes: Buffer, at: number): boolean {
    const before = this.#known.size;
    return this.#known.add(bytes.toString('latin1', at, at + 16)).size > before;
  }
}

const buckets = 65_536;
const entriesPerBlock = 15;
const blocksPerPage = 1_024;

/** Blocks of entries. What every search reads of a block is one line of the processor's cache. */
class Page {
  /** Of each block the block before, counted from 1 (0 is none), and its entries' tags. */
  readonly tags = new Uint32Array(blocksPerPage * (1 + entriesPerBlock));
  readonly words = new Uint32Array(blocksPerPage * entriesPerBlock * 2);
  readonly halves = new Uint16Array(blocksPerPage * entriesPerBlock);
}

/**
 * Exact, for millions, in 14 bytes an item and half a block for each of 65,536 buckets: 5,000,000 take 77 MB. Which bucket
 * an item lies in says 16 of its 128 bits, once the others are known: they need not be kept. The tag is one of its words,
 * mixed with two others, so that it tells ids apart whichever of their words are the same.
 *
 * Buckets are chosen by vector multiply-shift hashing (Thorup, High Speed Hashing for Integers and Strings, 3.5) under a
 * random key, so that no choice of ids can fill one bucket alone.
 */
export class SeenMany implements Seen {
  readonly #key = randomKey();
  readonly #newest = new Uint32Array(buckets);
  readonly #sizes = new Uint32Array(buckets);
  readonly #pages: Page[] = [];
  #blocks = 0;

  add(bytes: Buffer, at: number): boolean {
    return this.enter(bytes, at) >= 0;
  }

  /** Adds the 16 bytes at `at`; answers with a number that is theirs alone, from 0 to little over the count, or with `~number` where they were there. */
  enter(bytes: Buffer, at: number): number {
    const first = bytes.readUInt32LE(at);
    const a = bytes.readUInt32LE(at + 4);
    const b = bytes.readUInt32LE(at + 8);
    const c = bytes.readUInt32LE(at + 12);
    const half = first >>> 16;
    const bucket = (first & 0xffff) ^ this.#mix(half, a, b, c);
    const tag = (c + Math.imul(a, this.#key[5]) + Math.imul(b, this.#key[3])) >>> 0;
    const size = this.#sizes[bucket] ?? 0;
    const newest = this.#newest[bucket] ?? 0;
    const place = size % entriesPerBlock;
    for (let block = newest, used = place || entriesPerBlock; block > 0; used = entriesPerBlock) {
      const { tags, words, halves } = this.#pageOf(block);
      const index = (block - 1) % blocksPerPage;
      const begin = index * (1 + entriesPerBlock);
      for (let i = 0; i < used; i += 1) {
        if (tags[begin + 1 + i] !== tag) continue;
        const entry = index * entriesPerBlock + i;
        if (words[entry * 2] === a && words[entry * 2 + 1] === b && halves[entry] === half)
          return ~((block - 1) * entriesPerBlock + i);
      }
      block = tags[begin] ?? 0;
    }
    const block = place === 0 ? this.#addBlock(bucket) : newest;
    const { tags, words, halves } = this.#pageOf(block);
    const index = (block - 1) % blocksPerPage;
    const entry = index * entriesPerBlock + place;
    tags[index * (1 + entriesPerBlock) + 1 + place] = tag;
    words[entry * 2] = a;
    words[entry * 2 + 1] = b;
    halves[entry] = half;
    this.#sizes[bucket] = size + 1;
    return (block - 1) * entriesPerBlock + place;
  }

  #mix(half: number, a: number, b: number, c: number): number {
    const key = this.#key;
    const sum =
      Math.imul(key[0], half) +
      Math.imul(key[1], a & 0xffff) +
      Math.imul(key[2], a >>> 16) +
      Math.imul(key[3], b & 0xffff) +
      Math.imul(key[4], b >>> 16) +
      Math.imul(key[5], c & 0xffff) +
      Math.imul(key[6], c >>> 16);
    return (sum | 0) >>> 16;
  }

  #addBlock(bucket: number): number {
    if (this.#blocks === this.#pages.length * blocksPerPage) this.#pages.push(new Page());
    const index = this.#blocks % blocksPerPage;
    this.#blocks += 1;
    this.#pageOf(this.#blocks).tags[index * (1 + entriesPerBlock)] = this.#newest[bucket] ?? 0;
    this.#newest[bucket] = this.#blocks;
    return this.#blocks;
  }

  #pageOf(block: number): Page {
    const page = this.#pages[Math.floor((block - 1) / blocksPerPage)];
    if (page === undefined) throw new RangeError(`there is no block ${block}`);
    return page;
  }
}

type Key = readonly [number, number, number, number, number, number, number];

function randomKey(): Key {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = randomFillSync(new Uint32Array(7));
  return [a, b, c, d, e, f, g];
}
