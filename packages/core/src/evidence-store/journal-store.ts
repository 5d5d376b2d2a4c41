import type { JournalArchive } from '../evidence/archive/journal-archive.ts';
import { type Entry, emptyHead, type Head } from '../evidence/journal/chain.ts';
import { lineOf, readLine } from '../evidence/journal/entry-line.ts';
import { fieldsOf } from '../lanes/batch.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { NoteOf } from './journal-events.ts';

const local = (name: string) => consumerScript(new URL(`./scripts/${name}.lua`, import.meta.url));
const scripts = {
  lease: local('lease'),
  release: local('release'),
  append: local('append'),
  archived: local('archived'),
  adopt: local('adopt'),
};

/** How the journal of a consumer stands in Redis. */
export interface JournalState {
  head: Head;
  /** The number of the last checkpoint, and when it was made (ms of Redis's clock); 0 before the first. */
  signed: number;
  signedAt: number;
  /** Up to this record it is in the archive, and no longer here. */
  archived: number;
}

export type Lease = { is: 'mine'; state: JournalState } | { is: 'idle' } | { is: 'other'; ms: number };

/** A request that is to know the place of one of its records. */
export interface RecordNote {
  request: string;
  of: NoteOf;
  /** When that happened, ms of Redis's clock. */
  at: number;
  head: Head;
}

/** The journal of a consumer in Redis: who holds the lease writes, and every write compares the head (fencing). */
export class JournalStore {
  readonly #keys: ConsumerKeys;
  readonly #token: string;

  constructor(keys: ConsumerKeys, token: string) {
    this.#keys = keys;
    this.#token = token;
  }

  /** Takes or renews the lease; lets it go where nothing waits. */
  async lease(ms: number, hasArchive: boolean): Promise<Lease> {
    const reply = await this.#run('lease', [this.#token, ms, hasArchive ? '1' : '']);
    const [is, ...rest]: unknown[] = Array.isArray(reply) ? reply : [];
    if (is === 'idle') return { is };
    if (is !== 'mine') return { is: 'other', ms: Number(rest[0]) };
    return { is, state: stateOf(fieldsOf(rest)) };
  }

  async release(): Promise<void> {
    await this.#run('release', [this.#token]);
  }

  /** Appends entries behind the head, and takes the events away that they tell of; `false` when somebody else writes. */
  async append(
    head: Head,
    entries: readonly Entry[],
    done: { events?: readonly string[]; notes?: readonly RecordNote[] } = {},
  ): Promise<boolean> {
    const { events = [], notes = [] } = done;
    const last = entries.at(-1);
    if (last === undefined) return true;
    const noted = notes.flatMap(({ request, of, at, head: record }) => [request, of, at, record.sequence, record.hash]);
    const isSigned = last.record.event === 'checkpoint' ? '1' : '';
    const args = [this.#token, head.sequence, head.hash, last.hash, isSigned, events.length, ...events];
    return (await this.#run('append', [...args, notes.length, ...noted, ...entries.map(lineOf)])) === 1;
  }

  /** The records in Redis from this number on. */
  async entries(from: number, most: number): Promise<Entry[]> {
    const found = await this.#keys.redis.xrange(`${this.#keys.base}journal`, `${from}-0`, '+', 'COUNT', most);
    return found.map(([, [, line = '']]) => {
      const reading = readLine(line);
      if (reading.is === 'entry') return reading.entry;
      throw new Error('the journal in Redis holds a record that was changed, or is of a later version');
    });
  }

  /** Up to this record the archive is durable. */
  async archived(sequence: number): Promise<boolean> {
    return (await this.#run('archived', [this.#token, sequence])) === 1;
  }

  /** Goes on behind an archive that has more than Redis, which lost its last moments. */
  async adopt(here: Head, there: Head): Promise<boolean> {
    return (await this.#run('adopt', [this.#token, here.sequence, there.sequence, there.hash])) === 1;
  }

  #run(name: keyof typeof scripts, args: (string | number)[]): Promise<unknown> {
    return scripts[name].run(this.#keys.redis, [this.#keys.base], args);
  }
}

/** How the journal stands, for whoever only looks; `isArchiving`: a worker with an archive has kept it. */
export async function readJournalState(
  keys: ConsumerKeys,
): Promise<JournalState & { isOn: boolean; isArchiving: boolean }> {
  const record = await keys.redis.hgetall(`${keys.base}evidence`);
  return { ...stateOf(record), isOn: record.on === '1', isArchiving: record.toArchive === '1' };
}

/** Writes what is in Redis and not yet in the archive, up to so many records; answers with the archive's head. */
export async function archiveFrom(store: JournalStore, archive: JournalArchive, most: number): Promise<Head> {
  const { sequence } = await archive.head();
  await archive.append(await store.entries(sequence + 1, most));
  return await archive.head();
}

function stateOf(record: Record<string, string>): JournalState {
  const number = (field: string) => Number(record[field] ?? 0);
  const { hash } = record;
  const head = hash === undefined ? emptyHead : { sequence: number('sequence'), hash };
  return { head, signed: number('signed'), signedAt: number('signedAt'), archived: number('archived') };
}
