import { createHash } from 'node:crypto';
import type { Range } from './options.ts';

/** Seeded randomness (xoshiro128**). The state has 128 bits, so that two seeds never share job references. */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  }

  /** The next 32 bits, unsigned. */
  bits(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const mixedC = c ^ a;
    const mixedD = d ^ b;
    this.#state[0] = a ^ mixedD;
    this.#state[1] = b ^ mixedC;
    this.#state[2] = mixedC ^ (b << 9);
    this.#state[3] = (mixedD << 11) | (mixedD >>> 21);
    return result;
  }

  /** From 0 up to, but never, 1. */
  fraction(): number {
    return this.bits() / 2 ** 32;
  }

  within(range: Range): number {
    return range.min + this.fraction() * (range.max - range.min);
  }

  uuid(): string {
    const bytes = Buffer.alloc(16);
    for (let offset = 0; offset < 16; offset += 4) bytes.writeUInt32BE(this.bits(), offset);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    // Through a buffer, since the text as put together keeps all its parts: 36 bytes instead of 300.
    return Buffer.from(text).toString('latin1');
  }
}
