import { EvidenceError, type JournalArchives } from '@session-queue/core/evidence';
import { JournalObjects } from './journal-objects.ts';
import { S3Archive, type S3ArchiveOptions, stepMs } from './s3-archive.ts';
import { S3Store, type S3StoreOptions } from './s3-store.ts';

/** An object that is there for good, to see what the store does with a second one of its name. */
const probeName = 'never-overwritten';
const probe = Buffer.from('The journals beside this are safe where a store refuses to write this object again.\n');

/** The journals of consumers in a store, the objects of each below its name. */
export class S3Archives implements JournalArchives {
  readonly inParts = true;
  readonly #store: S3Store;
  #isFit = false;

  static at(options: S3StoreOptions): S3Archives {
    return new S3Archives(new S3Store(options));
  }

  private constructor(store: S3Store) {
    this.#store = store;
  }

  async open(consumer: string, near = 0, options: Omit<S3ArchiveOptions, 'near'> = {}): Promise<S3Archive> {
    const { until = AbortSignal.timeout(stepMs) } = options;
    await this.check(until);
    return await S3Archive.open(this.#objects(`${consumer}/`), { ...options, near, until });
  }

  /**
   * Whether the store can be written to and refuses to overwrite: found out once, by an object that is made again. Throws an
   * `EvidenceError`, `archive_unfit` where it would overwrite.
   */
  async check(until = AbortSignal.timeout(stepMs)): Promise<void> {
    if (this.#isFit) return;
    const put = async () => await this.#store.put(probeName, probe, until);
    const isThere = (await put()) === 'exists' || (await put()) === 'exists';
    if (!isThere) {
      throw new EvidenceError(
        'archive_unfit',
        'the store passes over If-None-Match and would overwrite what is archived: take one that refuses to, or a newer version of it',
      );
    }
    await this.#store.list('', '', { until });
    this.#isFit = true;
  }

  /** The lines of a consumer's journal, or, without one, of the journal that lies at the place itself. Nothing is written. */
  lines(consumer?: string): AsyncGenerator<string> {
    return this.#objects(consumer === undefined ? '' : `${consumer}/`).lines();
  }

  /** Ends its connections. Safe twice. */
  stop(): void {
    this.#store.stop();
  }

  #objects(folder: string): JournalObjects {
    return new JournalObjects(this.#store, folder);
  }
}
