import { createHash, type Hash } from 'node:crypto';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { defineScript } from '../redis/script.ts';
import { packedUuidBytes, unpackSessionId } from '../requests/packing.ts';
import { selectionItemsKey } from './selection.ts';

const readScript = defineScript({
  file: new URL('./scripts/read-found-1.lua', import.meta.url),
  flags: ['no-writes'],
});

/** Bounds how long one command holds Redis. */
const chunk = 1_000;

/** The sessions of a selection in the order in which they were found, up to 1,000 at a time. */
export async function* selectedSessions(keys: ConsumerKeys, id: string): AsyncGenerator<string[], void, undefined> {
  for await (const packed of packedSessions(keys, id)) yield packed.map(unpackSessionId);
}

/** The same as they lie in Redis, packed: for who reads millions and needs no text of them. */
export async function* packedSessions(keys: ConsumerKeys, id: string): AsyncGenerator<Buffer[], void, undefined> {
  const key = selectionItemsKey(keys, id);
  for (let from = 0; ; from += chunk) {
    const packed = split(await readScript.runBuffer(keys.redis, [key], [from, from + chunk - 1]));
    if (packed.length > 0) yield packed;
    if (packed.length < chunk) return;
  }
}

function split(reply: unknown): Buffer[] {
  if (!Buffer.isBuffer(reply)) return Array.isArray(reply) ? reply.filter((one) => Buffer.isBuffer(one)) : [];
  const count = reply.length / packedUuidBytes;
  return Array.from({ length: count }, (_, n) => reply.subarray(n * packedUuidBytes, (n + 1) * packedUuidBytes));
}

/** The digest of a selection: SHA-256 over its sessions in their order, each in UTF-8 and ended by a line feed. */
export class SelectionDigest {
  readonly #hash: Hash = createHash('sha256');
  #count = 0;

  add(sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return;
    this.#hash.update(`${sessionIds.join('\n')}\n`);
    this.#count += sessionIds.length;
  }

  /** Adds what `packedSessions` gives. */
  addPacked(packed: readonly Buffer[]): void {
    this.add(packed.map(unpackSessionId));
  }

  get count(): number {
    return this.#count;
  }

  /** In hex; more may be added. */
  get value(): string {
    return this.#hash.copy().digest('hex');
  }
}
