import {
  type ConsumerKeys,
  type JournalState,
  type JournalStore,
  journalEvents,
  type OutboxEvent,
  type RecordNote,
  readOutbox,
  readSalts,
  redisNow,
  requestOf,
} from '@session-queue/core/engine';
import { appendTo, type Entry, type Head, headOf, type SigningKey, signHead } from '@session-queue/core/evidence';

/** Events taken at once: 200 kB with their leaves. */
const mostEvents = 50;
/** Records that may follow a checkpoint, however young it is. */
const mostUnsigned = 1_000;

export interface JournalKeeperOptions {
  keys: ConsumerKeys;
  store: JournalStore;
  key: SigningKey;
  checkpointMs: number;
}

export interface Kept {
  events: number;
  head: Head;
  /** When the next checkpoint is due; `undefined` when the head is signed. */
  nextSignMs: number | undefined;
}

/** Puts events behind the head of a journal, and checkpoints between them. */
export class JournalKeeper {
  readonly #options: JournalKeeperOptions;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
  }

  async keep(state: JournalState): Promise<Kept> {
    const { keys, store } = this.#options;
    const events = await readOutbox(keys, mostEvents);
    const { entries, notes } = await this.#recordsOf(events, state);
    await this.#append(() => store.append(state.head, entries, { events: events.map(({ id }) => id), notes }));
    const last = entries.at(-1);
    const signing = await this.#sign({ ...state, head: last ? headOf(last) : state.head });
    return { events: events.length, ...signing };
  }

  async #recordsOf(
    events: readonly OutboxEvent[],
    { head: first }: JournalState,
  ): Promise<{ entries: Entry[]; notes: RecordNote[] }> {
    const { keys } = this.#options;
    const requests = [...new Set(events.map(requestOf).filter((id) => id !== undefined))];
    const salts = requests.length === 0 ? [] : await readSalts(keys, requests);
    const saltOf = new Map(requests.map((id, i) => [id, salts[i]]));
    const entries: Entry[] = [];
    const notes: RecordNote[] = [];
    let head = first;
    for (const { event, note } of events.flatMap((one) => journalEvents(keys.consumer, one, (id) => saltOf.get(id)))) {
      const entry = appendTo(head, event);
      entries.push(entry);
      head = headOf(entry);
      if (note !== undefined) notes.push({ ...note, head });
    }
    return { entries, notes };
  }

  /** Signs the head where it is time; answers when it will be. */
  async #sign({ head, signed, signedAt }: JournalState): Promise<Pick<Kept, 'head' | 'nextSignMs'>> {
    const { keys, store, key, checkpointMs } = this.#options;
    if (head.sequence === signed) return { head, nextSignMs: undefined };
    const now = await redisNow(keys.redis);
    const leftMs = signedAt + checkpointMs - now;
    if (leftMs > 0 && head.sequence - signed < mostUnsigned) return { head, nextSignMs: leftMs };
    const checkpoint = signHead(head, new Date(now).toISOString(), key);
    await this.#append(() => store.append(head, [checkpoint]));
    return { head: headOf(checkpoint), nextSignMs: undefined };
  }

  async #append(append: () => Promise<boolean>): Promise<void> {
    if (!(await append())) throw new Error('another replica keeps the journal now: nothing was written');
  }
}
