import { mkdir } from 'node:fs/promises';
import { EvidenceError } from '../evidence-error.ts';
import { type Entry, type Head, headOf } from '../journal/chain.ts';
import { lineOf, readLine } from '../journal/entry-line.ts';
import { entriesBehind } from './following.ts';
import type { OpenArchive } from './journal-archive.ts';
import { damaged, findEnd } from './journal-end.ts';
import { linesOf, listJournalFiles } from './journal-files.ts';
import { JournalWriter } from './journal-writer.ts';
import { WriterLock } from './writer-lock.ts';

export interface FileArchiveOptions {
  /** Made when it is not there. */
  folder: string;
  /** A file that would grow beyond it is left, and another begun (64 MB). */
  maxFileBytes?: number;
  /** How long the lock of another writer must stay unchanged before that writer counts as dead (15,000). */
  staleMs?: number;
}

/** The journal in files of JSON Lines. Every record that `append` has resolved for is on the disk. */
export class FileArchive implements OpenArchive {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #lock: WriterLock;
  #writer: JournalWriter;
  #head: Head;
  #turn: Promise<unknown> = Promise.resolve();
  /** After a failed write nobody knows what the disk holds: only reading it again tells. */
  #failure: unknown;

  /**
   * Throws an `EvidenceError`: `archive_taken` while another writer lives, `archive_damaged` when the last file is no journal. After a
   * crash it waits `staleMs` for the dead writer's lock, and takes away half a line that it left.
   */
  static async open({
    folder,
    maxFileBytes = 64 * 1024 * 1024,
    staleMs = 15_000,
  }: FileArchiveOptions): Promise<FileArchive> {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const lock = await WriterLock.take(folder, staleMs);
    try {
      const end = await findEnd(folder);
      return new FileArchive(folder, maxFileBytes, lock, await JournalWriter.at(end), end.head);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(folder: string, maxFileBytes: number, lock: WriterLock, writer: JournalWriter, head: Head) {
    this.#folder = folder;
    this.#maxFileBytes = maxFileBytes;
    this.#lock = lock;
    this.#writer = writer;
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
    const files = await listJournalFiles(this.#folder);
    const begin = files.findLastIndex(({ first }) => first <= from);
    for (const file of files.slice(Math.max(begin, 0))) {
      let line = 0;
      for await (const { text } of linesOf(file)) {
        line += 1;
        const reading = readLine(text);
        if (file.first + line - 1 > until) return;
        if (reading.is !== 'entry' || reading.entry.record.sequence !== file.first + line - 1)
          throw damaged(file, line);
        if (reading.entry.record.sequence >= from) yield reading.entry;
      }
    }
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#failure ??= new Error('the archive is closed');
    await this.#writer.close();
    await this.#lock.release();
  }

  async #append(entries: readonly Entry[]): Promise<void> {
    if (this.#failure !== undefined) throw failed(this.#failure);
    const fresh = await entriesBehind(this.#head, entries, (sequence) => this.#hashAt(sequence));
    if (fresh.length === 0) return;
    await this.#lock.check();
    try {
      await this.#write(fresh);
    } catch (error) {
      this.#failure = error;
      throw failed(error);
    }
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    let pending: { lines: string[]; bytes: number; last: Entry | undefined } = { lines: [], bytes: 0, last: undefined };
    for (const entry of entries) {
      const line = `${lineOf(entry)}\n`;
      const before = this.#writer.bytes + pending.bytes;
      if (before > 0 && before + Buffer.byteLength(line) > this.#maxFileBytes) {
        await this.#store(pending.lines, pending.last);
        pending = { lines: [], bytes: 0, last: undefined };
        this.#writer = await this.#writer.next(entry.record.sequence);
      }
      pending.lines.push(line);
      pending.bytes += Buffer.byteLength(line);
      pending.last = entry;
    }
    await this.#store(pending.lines, pending.last);
  }

  async #store(lines: readonly string[], last: Entry | undefined): Promise<void> {
    if (last === undefined) return;
    await this.#writer.write(lines.join(''));
    await this.#writer.sync();
    this.#head = headOf(last);
  }

  async #hashAt(sequence: number): Promise<string | undefined> {
    for await (const { hash } of this.records(sequence)) return hash;
    return undefined;
  }
}

function failed(cause: unknown): EvidenceError {
  const message = 'the archive cannot be written to: look at the cause and at the disk, and open the archive again';
  return new EvidenceError('archive_failed', message, { cause });
}
