import { join } from 'node:path';
import { FileArchive, type JournalArchives, type OpenArchive } from '@session-queue/core/evidence';

/** Its last file is read when it is opened, once a minute or so: no more than 0.2 s. */
const maxFileBytes = 8 * 1024 * 1024;

/** The journals of consumers in a folder, which has one for each. */
export class FolderArchives implements JournalArchives {
  /** A file grows: each write is a line more. */
  readonly inParts = false;
  readonly #folder: string;
  readonly #staleMs: number | undefined;

  /** `staleMs`: how long a dead writer's lock must stand still; the archive's own when absent. */
  constructor(folder: string, staleMs?: number) {
    this.#folder = folder;
    this.#staleMs = staleMs;
  }

  async open(consumer: string): Promise<OpenArchive> {
    const folder = join(this.#folder, consumer);
    return await FileArchive.open({
      folder,
      maxFileBytes,
      ...(this.#staleMs !== undefined && { staleMs: this.#staleMs }),
    });
  }
}
