import {
  type Entry,
  EvidenceError,
  firstRecordIn,
  journalFileName,
  readLine,
  readLines,
} from '@session-queue/core/evidence';
import type { S3Store } from './s3-store.ts';

const nameStart = journalFileName(1).slice(0, 'journal-'.length);
/** More records than an object holds. */
const lookBack = 500;
/** Objects that are asked for while one is read. */
const readAhead = 8;

/** The first records' numbers of a page's objects, in order. */
interface Firsts {
  firsts: number[];
  isLast: boolean;
}

/** The objects of one journal: JSON Lines, each named as a file would be by its first record, and never changed. */
export class JournalObjects {
  readonly #store: S3Store;
  readonly #folder: string;
  readonly #until: AbortSignal | undefined;

  constructor(store: S3Store, folder: string, until?: AbortSignal) {
    this.#store = store;
    this.#folder = folder;
    this.#until = until;
  }

  /** The same, for what has to be done until then. */
  until(signal: AbortSignal): JournalObjects {
    return new JournalObjects(this.#store, this.#folder, signal);
  }

  async put(first: number, body: Buffer): Promise<'stored' | 'exists'> {
    return await this.#store.put(this.nameOf(first), body, this.#until);
  }

  async get(first: number): Promise<Buffer | undefined> {
    return await this.#store.get(this.nameOf(first), this.#until);
  }

  nameOf(first: number): string {
    return `${this.#folder}${journalFileName(first)}`;
  }

  /** First records behind this number, in order. */
  async *firstsAfter(number: number): AsyncGenerator<number> {
    for await (const { firsts } of this.#pages(number)) yield* firsts;
  }

  /**
   * The first record of the last object; `undefined` where there is none. A listing goes forward only and has 1,000 names: it leaps over
   * ever more numbers while there are objects behind them, and over half as many where there are none. It begins before the record `near`,
   * so that whoever knows one near the end needs one listing.
   */
  async last(near = 0): Promise<number | undefined> {
    let page = await this.#page(Math.max(0, near - lookBack));
    if (page.firsts.length === 0 && near > lookBack) page = await this.#page(0);
    let last = page.firsts.at(-1);
    let leap = (last ?? 0) - (page.firsts[0] ?? 0);
    while (last !== undefined && !page.isLast) {
      const ahead = await this.#page(last + leap);
      const found = ahead.firsts.at(-1);
      // Behind it there are only keys that are no object of a journal.
      if (found === undefined && leap === 0) return last;
      if (found !== undefined) [page, last] = [ahead, found];
      leap = found === undefined ? Math.floor(leap / 2) : leap * 2;
    }
    return last;
  }

  /** The first record of the object that should hold this one. None holds more than some hundred records, and a look back begins so far. */
  async holding(sequence: number): Promise<number | undefined> {
    for (let back = lookBack; ; back *= 10) {
      const from = Math.max(0, sequence - back);
      let found: number | undefined;
      for await (const first of this.firstsAfter(from)) {
        if (first > sequence) break;
        found = first;
      }
      if (found !== undefined || from === 0) return found;
    }
  }

  /** The entries of an object. Throws an `EvidenceError` (`archive_damaged`) at the first line that is not as it was written. */
  async *entries(first: number): AsyncGenerator<Entry> {
    let line = 0;
    let previous: string | undefined;
    for await (const text of this.#linesOf(first)) {
      line += 1;
      const reading = readLine(text);
      const entry = reading.is === 'entry' ? reading.entry : undefined;
      const follows = entry?.record.sequence === first + line - 1 && (previous ?? entry.previous) === entry.previous;
      if (entry === undefined || !follows) throw this.damaged(first, line);
      previous = entry.hash;
      yield entry;
    }
    if (line === 0) throw this.damaged(first, 1);
  }

  /** All lines, for `verifyJournal`; some objects are asked for at once. */
  async *lines(): AsyncGenerator<string> {
    const asked: Promise<AsyncGenerator<string>>[] = [];
    const ask = (first: number): void => {
      const answer = this.#bodyOf(first).then(textsIn);
      // It is awaited later, and a failure until then is not forgotten.
      answer.catch(() => undefined);
      asked.push(answer);
    };
    for await (const first of this.firstsAfter(0)) {
      ask(first);
      if (asked.length >= readAhead) yield* (await asked.shift()) ?? [];
    }
    for (const answer of asked) yield* await answer;
  }

  damaged(first: number, line: number): EvidenceError {
    return new EvidenceError(
      'archive_damaged',
      `line ${line} of ${this.nameOf(first)} is not as it was written: verify the journal, and restore the object from a version or a copy`,
    );
  }

  async *#linesOf(first: number): AsyncGenerator<string> {
    yield* textsIn(await this.#bodyOf(first));
  }

  /** Of an object that was listed. */
  async #bodyOf(first: number): Promise<Buffer> {
    const body = await this.get(first);
    if (body === undefined) throw this.damaged(first, 1);
    return body;
  }

  /** The first page with objects, or the last one. */
  async #page(after: number): Promise<Firsts> {
    for await (const page of this.#pages(after)) if (page.firsts.length > 0) return page;
    return { firsts: [], isLast: true };
  }

  /** A page without a name does not end a listing: there may be nothing but delete markers in it. */
  async *#pages(after: number): AsyncGenerator<Firsts> {
    const [start, behind] = [`${this.#folder}${nameStart}`, this.nameOf(after)];
    let next: string | undefined;
    do {
      const page = await this.#store.list(start, behind, {
        ...(this.#until && { until: this.#until }),
        ...(next !== undefined && { next }),
      });
      next = page.next;
      const firsts = page.names.map((name) => firstRecordIn(name.slice(this.#folder.length)));
      yield { firsts: firsts.filter((first) => first > 0), isLast: next === undefined };
    } while (next !== undefined);
  }
}

async function* textsIn(body: Buffer): AsyncGenerator<string> {
  for await (const { text } of readLines([body])) yield text;
}
