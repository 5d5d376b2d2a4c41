import { createHash, randomBytes } from 'node:crypto';
import { formEncodedBytes } from '../learnosity/form-size.ts';
import type { ScriptArgument } from '../redis/script.ts';
import { isList, itemFault, itemsField } from './items.ts';
import { maxPackedBytes, packedUuidBytes, packSessionId } from './packing.ts';
import { Refusal } from './refusal.ts';
import { type Kind, maxItemsPerRequest } from './request.ts';
import type { Seen } from './seen.ts';

/** No script takes more than this many items in a call; bounds how long one holds Redis. */
const maxChunkItems = 1_000;
const maxChunkBytes = 4 * 1024 * 1024;

/** The caller's own source of items failed; its error is the cause. */
export class ItemsSourceError extends Error {
  override readonly name = 'ItemsSourceError';
}

/** Some of a request's items, checked, in their order. */
export interface Chunk {
  readonly size: number;
  /** All of it as one text, in which every item ends: what a digest covers. */
  readonly text: Buffer | string;
  /** Leaves out what was seen before: what is new, as `store_items` (items.lua) takes it. Once: it gives up `text`. */
  storable(seen: Seen): { args: ScriptArgument[]; duplicates: number };
}

/** Cuts items into chunks, checking each; refuses with the field and index of the first bad one. */
export async function* chunksOf(
  kind: Kind,
  items: Iterable<string> | AsyncIterable<string | readonly string[]>,
): AsyncGenerator<Chunk> {
  const cutter = new Cutter(kind);
  try {
    if (Symbol.asyncIterator in items) {
      for await (const next of items) {
        if (isList(next)) {
          yield* cutter.takeAll(next);
        } else {
          const full = cutter.take(next);
          if (full !== undefined) yield full;
        }
      }
    } else {
      yield* cutter.takeAll(items);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new ItemsSourceError('the source of the items failed', { cause: error });
  }
  yield cutter.rest();
}

/** A chunk that is being filled. */
interface Filling {
  readonly size: number;
  readonly bytes: number;
  add(item: string): void;
  cut(): Chunk;
}

class Cutter {
  readonly #kind: Kind;
  readonly #filling: Filling;
  #count = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#filling = kind === 'deletion' ? new FillingIds() : new FillingSubmissions();
  }

  *takeAll(items: Iterable<string>): Generator<Chunk> {
    for (const item of items) {
      const full = this.take(item);
      if (full !== undefined) yield full;
    }
  }

  /** Takes the item; answers with the chunk that was full before it. */
  take(item: string): Chunk | undefined {
    const kind = this.#kind;
    const fault = itemFault(kind, item);
    if (fault !== undefined) throw new Refusal('invalid', fault, { field: `${itemsField[kind]}[${this.#count}]` });
    this.#count += 1;
    if (this.#count > maxItemsPerRequest) {
      throw new Refusal('invalid', 'must hold at most 5,000,000 items', { field: itemsField[kind] });
    }
    const { size, bytes } = this.#filling;
    const isFull = size === maxChunkItems || (size > 0 && bytes + item.length > maxChunkBytes);
    const full = isFull ? this.#filling.cut() : undefined;
    this.#filling.add(item);
    return full;
  }

  rest(): Chunk {
    if (this.#filling.size > 0) return this.#filling.cut();
    throw new Refusal('invalid', 'must hold at least one item', { field: itemsField[this.#kind] });
  }
}

/** Packed ids, each behind its length in two bytes. */
class FillingIds implements Filling {
  size = 0;
  bytes = 0;
  #buffer = Buffer.allocUnsafe(maxPackedBytes + lengthBytes);

  add(id: string): void {
    if (this.bytes + lengthBytes + maxPackedBytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, 0, this.bytes);
      this.#buffer = larger;
    }
    const length = packSessionId(id, this.#buffer, this.bytes + lengthBytes);
    this.#buffer.writeUInt16BE(length, this.bytes);
    this.bytes += lengthBytes + length;
    this.size += 1;
  }

  cut(): Chunk {
    const chunk = new IdsChunk(this.size, Buffer.from(this.#buffer.subarray(0, this.bytes)));
    this.size = 0;
    this.bytes = 0;
    return chunk;
  }
}

const lengthBytes = 2;

class IdsChunk implements Chunk {
  readonly size: number;
  readonly text: Buffer;

  constructor(size: number, text: Buffer) {
    this.size = size;
    this.text = text;
  }

  storable(seen: Seen): { args: ScriptArgument[]; duplicates: number } {
    const { text } = this;
    let kept = 0;
    let duplicates = 0;
    for (let at = 0; at < text.length; ) {
      const length = text.readUInt16BE(at);
      const begin = at + lengthBytes;
      const end = begin + length;
      const isNew =
        length === packedUuidBytes ? seen.add(text, begin) : seen.add(fingerprint(text.subarray(begin, end)), 0);
      if (!isNew) duplicates += 1;
      else {
        if (kept < at) text.copyWithin(kept, at, end);
        kept += end - at;
      }
      at = end;
    }
    return { args: [text.subarray(0, kept)], duplicates };
  }
}

class FillingSubmissions implements Filling {
  bytes = 0;
  #items: string[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: string): void {
    this.#items.push(item);
    this.bytes += item.length;
  }

  cut(): Chunk {
    const chunk = new SubmissionsChunk(this.#items);
    this.#items = [];
    this.bytes = 0;
    return chunk;
  }
}

class SubmissionsChunk implements Chunk {
  readonly #items: readonly string[];

  constructor(items: readonly string[]) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Base64 holds no newline. */
  get text(): string {
    return `${this.#items.join('\n')}\n`;
  }

  storable(seen: Seen): { args: ScriptArgument[]; duplicates: number } {
    const unseen = this.#items.filter((item) => seen.add(fingerprint(item), 0));
    return {
      args: unseen.flatMap((item) => [item, formEncodedBytes(item)]),
      duplicates: this.#items.length - unseen.length,
    };
  }
}

/** Under a key of this process: nobody can choose a UUID that is some other item's fingerprint. */
const fingerprintKey = randomBytes(32);

/** What an item that is no UUID is known by. */
export function fingerprint(item: string | Buffer): Buffer {
  return createHash('sha256').update(fingerprintKey).update(item).digest().subarray(0, 16);
}

/**
 * Two requests are the same when kind, consumer, flag and items in their order are: a chain of sha256, each over the one before and a
 * chunk. Chunks are the same however the items come, so that its value behind any of them says whether all up to it are the same.
 */
export class RequestDigest {
  #chain: Buffer;

  constructor(kind: Kind, consumer: string, ignoring: boolean) {
    this.#chain = Buffer.from(`${kind} ${consumer} ${ignoring}\n`);
  }

  add(chunk: Chunk): void {
    this.#chain = createHash('sha256').update(this.#chain).update(chunk.text).digest();
  }

  /** Behind the chunks that were added, of which there is one at least. */
  get value(): string {
    return this.#chain.toString('base64url');
  }
}
