import { createHash, type Hash } from 'node:crypto';
import { itemFault } from './items.ts';
import { Refusal } from './refusal.ts';
import { type Kind, maxItemsPerRequest } from './request.ts';

/** No script takes more than this many items in a call; bounds how long one holds Redis. */
const maxChunkItems = 1_000;
const maxChunkBytes = 4 * 1024 * 1024;

/** The field that holds a kind's items in HTTP bodies and plain jobs. */
export const itemsField = { deletion: 'sessionIds', resubmission: 'submissions' } as const satisfies Record<
  Kind,
  string
>;

/** The caller's own source of items failed; its error is the cause. */
export class ItemsSourceError extends Error {
  override readonly name = 'ItemsSourceError';
}

/** Cuts items into chunks, checking each; refuses with the field and index of the first bad one. */
export async function* chunksOf(kind: Kind, items: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string[]> {
  const cutter = new Cutter(kind);
  try {
    if (Symbol.asyncIterator in items) {
      for await (const item of items) if (cutter.isFullBefore(item)) yield cutter.cut(item);
    } else {
      for (const item of items) if (cutter.isFullBefore(item)) yield cutter.cut(item);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new ItemsSourceError('the source of the items failed', { cause: error });
  }
  yield cutter.rest();
}

/** Holds the chunk that is being filled. */
class Cutter {
  readonly #kind: Kind;
  #chunk: string[] = [];
  #bytes = 0;
  #count = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** Adds the item, or answers that the chunk is to be cut before it. */
  isFullBefore(item: string): boolean {
    const field = itemsField[this.#kind];
    const fault = itemFault(this.#kind, item);
    if (fault !== undefined) throw new Refusal('invalid', fault, { field: `${field}[${this.#count}]` });
    this.#count += 1;
    if (this.#count > maxItemsPerRequest) throw new Refusal('invalid', 'must hold at most 5,000,000 items', { field });
    const full = this.#chunk.length === maxChunkItems || this.#bytes + item.length > maxChunkBytes;
    if (full && this.#chunk.length > 0) return true;
    this.#add(item);
    return false;
  }

  cut(next: string): string[] {
    const chunk = this.#chunk;
    this.#chunk = [];
    this.#bytes = 0;
    this.#add(next);
    return chunk;
  }

  rest(): string[] {
    if (this.#count > 0) return this.#chunk;
    throw new Refusal('invalid', 'must hold at least one item', { field: itemsField[this.#kind] });
  }

  #add(item: string): void {
    this.#chunk.push(item);
    this.#bytes += item.length;
  }
}

/** Two requests are the same when kind, consumer, flag and items in their order are: sha256 over all of it. */
export class RequestDigest {
  readonly #hash: Hash = createHash('sha256');

  constructor(kind: Kind, consumer: string, ignoring: boolean) {
    this.#hash.update(`${kind} ${consumer} ${ignoring}\n`);
  }

  /** Items hold no newline, so that a newline ends each. */
  add(chunk: readonly string[]): void {
    this.#hash.update(`${chunk.join('\n')}\n`);
  }

  end(): string {
    return this.#hash.digest('base64url');
  }
}
