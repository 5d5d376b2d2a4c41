import {
  type Entry,
  EvidenceError,
  emptyHead,
  entriesBehind,
  type Head,
  headOf,
  lineOf,
  type OpenArchive,
} from '@session-queue/core/evidence';
import type { JournalObjects } from './journal-objects.ts';

/** Records of one append that would make a larger object are put into several. */
const mostObjectBytes = 4 * 1024 * 1024;

/** Within it an archive is opened, or has appended, or has failed: less than the archivist's lease, and than its watchdog's patience. */
export const stepMs = 20_000;

export interface S3ArchiveOptions {
  maxObjectBytes?: number;
  /** The number of a record that should be there, to look for the end from it on. */
  near?: number;
  /** When its opening must have ended. */
  until?: AbortSignal;
}

/**
 * The journal in objects that are written once. Every record that `append` has resolved for was answered with 200.
 *
 * One writer: an object is named by its first record's number, and the store refuses one that is there. Where an object ends stays
 * so for ever, so that whoever goes on behind a head tries to make the same object as all others who know that head: one of them does.
 */
export class S3Archive implements OpenArchive {
  readonly #objects: JournalObjects;
  readonly #maxObjectBytes: number;
  #head: Head;
  #turn: Promise<unknown> = Promise.resolve();
  /** After a failed write nobody knows what the store holds: only looking again tells. */
  #failure: unknown;

  /** Reads the head from the last object. Throws an `EvidenceError`, `archive_damaged` where that is no journal. */
  static async open(
    objects: JournalObjects,
    { maxObjectBytes = mostObjectBytes, near = 0, until = AbortSignal.timeout(stepMs) }: S3ArchiveOptions = {},
  ): Promise<S3Archive> {
    const found = objects.until(until);
    const last = await found.last(near);
    let head = emptyHead;
    if (last !== undefined) for await (const entry of found.entries(last)) head = headOf(entry);
    return new S3Archive(objects, maxObjectBytes, head);
  }

  private constructor(objects: JournalObjects, maxObjectBytes: number, head: Head) {
    this.#objects = objects;
    this.#maxObjectBytes = maxObjectBytes;
    this.#head = head;
  }

  append(entries: readonly Entry[]): Promise<void> {
    const work = this.#turn.then(() => this.#append(entries));
    this.#turn = work.catch(() => undefined);
    return work;
  }

  head(): Promise<Head> {
    return Promise.resolve(this.#head);
  }

  async *records(from: number): AsyncGenerator<Entry> {
    const until = this.#head.sequence;
    if (from > until) return;
    const begin = (await this.#objects.holding(from)) ?? 1;
    let next = begin;
    for await (const first of this.#objects.firstsAfter(begin - 1)) {
      if (first > until) break;
      if (first !== next) throw this.#objects.damaged(next, 1);
      for await (const entry of this.#objects.entries(first)) {
        next = entry.record.sequence + 1;
        if (next - 1 >= from) yield entry;
      }
    }
    if (next <= until) throw this.#objects.damaged(next, 1);
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#failure ??= new Error('the archive is closed');
  }

  async #append(entries: readonly Entry[]): Promise<void> {
    if (this.#failure !== undefined) throw notOpen(this.#failure);
    const fresh = await entriesBehind(this.#head, entries, (sequence) => this.#hashAt(sequence));
    const objects = this.#objects.until(AbortSignal.timeout(stepMs));
    try {
      for (const part of inParts(fresh, this.#maxObjectBytes)) await this.#store(objects, part);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #store(objects: JournalObjects, { entries, body }: Part): Promise<void> {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return;
    const { sequence } = first.record;
    const found = await objects.put(sequence, body);
    // Its answer may have been lost on the way here; only what is there says whose it is.
    if (found === 'exists' && !(await objects.get(sequence))?.equals(body)) throw taken(sequence);
    this.#head = headOf(last);
  }

  async #hashAt(sequence: number): Promise<string | undefined> {
    for await (const { hash } of this.records(sequence)) return hash;
    return undefined;
  }
}

interface Part {
  entries: Entry[];
  body: Buffer;
}

/** What goes into an object each, in order. */
function* inParts(entries: readonly Entry[], maxBytes: number): Generator<Part> {
  let part: { entries: Entry[]; lines: Buffer[]; bytes: number } = { entries: [], lines: [], bytes: 0 };
  for (const entry of entries) {
    const line = Buffer.from(`${lineOf(entry)}\n`);
    if (part.bytes > 0 && part.bytes + line.length > maxBytes) {
      yield { entries: part.entries, body: Buffer.concat(part.lines) };
      part = { entries: [], lines: [], bytes: 0 };
    }
    part.entries.push(entry);
    part.lines.push(line);
    part.bytes += line.length;
  }
  if (part.bytes > 0) yield { entries: part.entries, body: Buffer.concat(part.lines) };
}

function taken(sequence: number): EvidenceError {
  return new EvidenceError(
    'archive_taken',
    `another writer has put record ${sequence} into this archive: nothing was archived; open it again to go on behind that`,
  );
}

function notOpen(cause: unknown): EvidenceError {
  const message = 'the archive cannot be written to: look at the cause and at the store, and open the archive again';
  return new EvidenceError('archive_failed', message, { cause });
}
