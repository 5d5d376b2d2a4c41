import { createHash } from 'node:crypto';
import { CountColumn } from './columns.ts';
import { KeyTable } from './key-table.ts';

/** What the books know of one submission. */
export interface SubmissionBook {
  /** Accepted set calls that held it, and how many of them ignored response revisions. */
  calls: number;
  ignoringRevisions: number;
  /** Completed jobs that held it. */
  stored: number;
}

/** The accepted submissions, by the SHA-256 of their base64 text. A lean ledger keeps totals only. */
export class SubmissionLedger {
  readonly #table = new KeyTable(8);
  readonly #calls = new CountColumn();
  readonly #ignoring = new CountColumn();
  readonly #stored = new CountColumn();
  readonly #lean: boolean;
  readonly #totals = { held: 0, distinct: 0, repeated: 0, stored: 0 };

  constructor(lean: boolean) {
    this.#lean = lean;
  }

  /** Books an accepted set call. Returns the numbers of its submissions, for `store`. */
  holdInCall(submissions: ReadonlySet<string>, ignoringRevisions: boolean): Uint32Array {
    this.#totals.held += submissions.size;
    if (this.#lean) return new Uint32Array();
    const numbers: number[] = [];
    for (const submission of submissions) {
      const number = this.#table.add(keyOf(submission));
      numbers.push(number);
      const calls = this.#calls.increment(number);
      if (calls === 1) this.#totals.distinct += 1;
      if (calls === 2) this.#totals.repeated += 1;
      if (ignoringRevisions) this.#ignoring.increment(number);
    }
    return Uint32Array.from(numbers);
  }

  /** A job of `count` submissions has completed. */
  store(numbers: Uint32Array, count: number): void {
    this.#totals.stored += count;
    for (const number of numbers) this.#stored.increment(number);
  }

  book(submission: string): SubmissionBook {
    return this.#bookOf(this.#table.find(keyOf(submission)));
  }

  /** Every submission that an accepted call held, by its SHA-256 in hex. */
  *books(): Generator<[string, SubmissionBook]> {
    for (let number = 0; number < this.#table.size; number += 1) {
      const key = this.#table.key(number);
      yield [Array.from(key, (word) => word.toString(16).padStart(8, '0')).join(''), this.#bookOf(number)];
    }
  }

  totals(): Readonly<{ held: number; distinct: number; repeated: number; stored: number }> {
    return this.#totals;
  }

  #bookOf(number: number): SubmissionBook {
    return {
      calls: this.#calls.get(number),
      ignoringRevisions: this.#ignoring.get(number),
      stored: this.#stored.get(number),
    };
  }
}

function keyOf(submission: string): Uint32Array {
  const digest = createHash('sha256').update(submission).digest();
  return Uint32Array.from([0, 4, 8, 12, 16, 20, 24, 28], (offset) => digest.readUInt32BE(offset));
}
