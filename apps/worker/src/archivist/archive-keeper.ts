import { archiveFrom, type JournalState, type JournalStore } from '@session-queue/core/engine';
import type { Head, JournalArchives, OpenArchive } from '@session-queue/core/evidence';

/** Records written at once: about 1 MB. */
const recordsAtOnce = 400;

export interface ArchiveKeeperOptions {
  archives: JournalArchives;
  consumer: string;
  store: JournalStore;
}

/** The archive of one consumer's journal, open while this replica holds the lease. */
export class ArchiveKeeper {
  readonly #options: ArchiveKeeperOptions;
  #archive: OpenArchive | undefined;
  /** Up to where Redis knows that it is archived. */
  #noted = 0;

  constructor(options: ArchiveKeeperOptions) {
    this.#options = options;
  }

  /**
   * Opens it, unless it is open and goes with what Redis says; answers with the head that the journal goes on from. Throws where the two
   * have grown apart: nothing may be chained then.
   */
  async open({ head, archived }: JournalState, renew: () => Promise<void>): Promise<Head> {
    if (await this.#isAsKnown(head, archived)) return head;
    await this.close();
    const { archives, consumer } = this.#options;
    const archive = await archives.open(consumer, archived);
    this.#archive = archive;
    this.#noted = archived;
    try {
      // Another may hold the lease by now: a dead writer's lock was waited for.
      await renew();
      return await this.#joined(archive, head, archived);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Whether it is open, and Redis has lost nothing since (a failover while this worker stays connected), nor has another written. */
  async #isAsKnown(head: Head, archived: number): Promise<boolean> {
    const there = await this.#archive?.head();
    if (there === undefined || archived < this.#noted || there.sequence < archived) return false;
    return there.sequence < head.sequence || (there.sequence === head.sequence && there.hash === head.hash);
  }

  /** Which head the journal goes on from: the archive's where Redis has lost its last moments. */
  async #joined(archive: OpenArchive, head: Head, archived: number): Promise<Head> {
    const there = await archive.head();
    if (there.sequence < archived) throw apart(`ends with record ${there.sequence}, and ${archived} were archived`);
    if (there.sequence <= head.sequence) {
      if ((await this.#hashUnder(head, there.sequence)) === there.hash) return head;
      throw apart(`has another record ${there.sequence} than Redis, or Redis lacks what follows it`);
    }
    for await (const { hash } of archive.records(head.sequence)) {
      if (head.sequence > 0 && hash !== head.hash) throw apart(`has another record ${head.sequence} than Redis`);
      break;
    }
    if (await this.#options.store.adopt(head, there)) return there;
    throw new Error('another replica keeps the journal now: nothing was written');
  }

  /** The hash that a record has in Redis, as the one behind it says; `undefined` where that is not there. */
  async #hashUnder(head: Head, sequence: number): Promise<string | undefined> {
    if (sequence === head.sequence) return head.hash;
    const [next] = await this.#options.store.entries(sequence + 1, 1);
    return next?.record.sequence === sequence + 1 ? next.previous : undefined;
  }

  /**
   * Writes out what is not archived, and takes it from Redis; `false` when there is more. Where parts are written, what is neither
   * signed nor much waits in Redis for the next checkpoint: a part is a minute's records, and ends with a signature.
   */
  async write(journal: { head: Head; isSigned: boolean }, renew: () => Promise<void>): Promise<boolean> {
    const archive = this.#archive;
    if (archive === undefined) return true;
    const { store, archives } = this.#options;
    const before = await archive.head();
    const waiting = journal.head.sequence - before.sequence;
    if (archives.inParts && !journal.isSigned && waiting < recordsAtOnce) return true;
    try {
      await renew();
      const after = await archiveFrom(store, archive, recordsAtOnce);
      if (after.sequence > this.#noted && (await store.archived(after.sequence))) this.#noted = after.sequence;
      return after.sequence - before.sequence < recordsAtOnce;
    } catch (error) {
      // After a failed write only opening it again tells what was written.
      await this.close();
      throw error;
    }
  }

  /** Safe twice. */
  async close(): Promise<void> {
    const archive = this.#archive;
    this.#archive = undefined;
    await archive?.close();
  }
}

function apart(how: string): Error {
  return new Error(
    `the archive ${how}: give every worker the same EVIDENCE_DIR or EVIDENCE_S3_URL, or restore what is missing`,
  );
}
