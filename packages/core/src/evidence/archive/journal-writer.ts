import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalEnd } from './journal-end.ts';
import { type JournalFile, journalFile } from './journal-files.ts';

/** The file that is written to. What was written counts once `sync` has resolved. */
export class JournalWriter {
  readonly #file: JournalFile;
  readonly #handle: FileHandle;
  #bytes: number;

  /** Goes on at an end, and takes away what is behind it; all up to it is durable then. */
  static async at({ file, bytes }: JournalEnd): Promise<JournalWriter> {
    const handle = await open(file.path, 'a', 0o640);
    const writer = new JournalWriter(file, handle, bytes);
    try {
      await handle.truncate(bytes);
      await writer.sync();
      await syncFolder(dirname(file.path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return writer;
  }

  private constructor(file: JournalFile, handle: FileHandle, bytes: number) {
    this.#file = file;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(text: string): Promise<void> {
    await this.#handle.appendFile(text);
    this.#bytes += Buffer.byteLength(text);
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** The next file, which begins with the record of this number. The present one must be synced. */
  async next(first: number): Promise<JournalWriter> {
    await this.close();
    const file = journalFile(dirname(this.#file.path), first);
    return await JournalWriter.at({ file, bytes: 0, head: { sequence: first - 1, hash: '' } });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A new file's name is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
