import type { PublicKeys } from '../keys.ts';
import { type Entry, emptyHead, type Head, headOf } from './chain.ts';
import { checkCheckpoint } from './checkpoint.ts';
import { notJson, readLine } from './entry-line.ts';
import { describeFault, type JournalFault } from './journal-fault.ts';
import type { JournalRecord } from './record.ts';

export interface VerifyJournalOptions {
  /** Where the lines go on, when older files are not there: a head that is trusted. The empty one when absent. */
  after?: Head;
  /**
   * Heads that the journal must pass, such as those in certificates: a journal cut behind a checkpoint shows by nothing else. Those up
   * to `after` are not looked at.
   */
  known?: readonly Head[];
}

/**
 * What a journal is found to be. `unsigned-tail`: whole, but the last `unsigned` records follow the last checkpoint: whoever
 * can write may have changed or cut them. `empty` proves nothing.
 */
export type JournalVerdict =
  | { is: 'signed'; head: Head; checkpoints: number }
  | { is: 'unsigned-tail'; head: Head; checkpoints: number; unsigned: number }
  | { is: 'empty' }
  | { is: 'faulty'; fault: JournalFault; message: string };

/**
 * Checks a journal, given by its lines in order, offline and in constant memory; names its first fault. Errors of the source pass
 * through.
 */
export async function verifyJournal(
  lines: AsyncIterable<string> | Iterable<string>,
  keys: PublicKeys,
  options: VerifyJournalOptions = {},
): Promise<JournalVerdict> {
  const check = new JournalCheck(keys, options);
  let fault: JournalFault | undefined;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    fault = fault === undefined ? check.take(text, line) : withLater(fault, text, line);
    if (fault !== undefined && !isOpen(fault, line)) break;
  }
  fault ??= check.faultAtEnd(line);
  if (fault !== undefined) return { is: 'faulty', fault, message: describeFault(fault) };
  return check.verdict();
}

/** Whether a later line can tell more: half a line is a cut when none follows, and what misses may come later. */
function isOpen(fault: JournalFault, line: number): boolean {
  return (fault.is === 'cut' && fault.line === line) || fault.is === 'missing';
}

/** What a fault is, now that there is another line. */
function withLater(fault: JournalFault, text: string, line: number): JournalFault {
  if (fault.is === 'cut') return { ...fault, is: 'unreadable', reason: notJson };
  if (fault.is !== 'missing') return fault;
  const reading = readLine(text);
  if (reading.is !== 'entry' || reading.entry.record.sequence !== fault.from) return fault;
  return { is: 'reordered', line: fault.line, sequence: fault.to + 1, expected: fault.from, foundInLine: line };
}

class JournalCheck {
  readonly #keys: PublicKeys;
  /** Heads that are still to come, the first one last. */
  readonly #known: Head[];
  #head: Head;
  /** Up to where a checkpoint, or the given head, vouches. */
  #signed: number;
  #checkpoints = 0;
  #records = 0;

  constructor(keys: PublicKeys, { after = emptyHead, known = [] }: VerifyJournalOptions) {
    this.#keys = keys;
    this.#head = after;
    this.#signed = after.sequence;
    const later = known.filter(({ sequence }) => sequence > after.sequence);
    this.#known = later.sort((one, other) => other.sequence - one.sequence);
  }

  /** Takes the next line; answers with its fault. */
  take(text: string, line: number): JournalFault | undefined {
    const sequence = this.#head.sequence + 1;
    const reading = readLine(text);
    if (reading.is === 'changed') return { is: 'changed', line, sequence };
    if (reading.is === 'entry') return this.#takeEntry(reading.entry, line);
    const { reason } = reading;
    return reason === notJson ? { is: 'cut', line, sequence } : { is: 'unreadable', line, sequence, reason };
  }

  /** What is known to have been there, and is not. */
  faultAtEnd(line: number): JournalFault | undefined {
    const [last] = this.#known;
    if (last === undefined) return undefined;
    return { is: 'cut', line, sequence: this.#head.sequence + 1, known: last.sequence };
  }

  verdict(): JournalVerdict {
    const head = this.#head;
    const checkpoints = this.#checkpoints;
    const unsigned = head.sequence - this.#signed;
    if (this.#records === 0) return { is: 'empty' };
    return unsigned === 0 ? { is: 'signed', head, checkpoints } : { is: 'unsigned-tail', head, checkpoints, unsigned };
  }

  #takeEntry(entry: Entry, line: number): JournalFault | undefined {
    const fault = this.#faultOf(entry, line);
    if (fault !== undefined) return fault;
    this.#head = headOf(entry);
    this.#records += 1;
    if (entry.record.event !== 'checkpoint') return undefined;
    // The checkpoint vouches for itself: all that it says is signed.
    this.#signed = entry.record.sequence;
    this.#checkpoints += 1;
    return undefined;
  }

  #faultOf(entry: Entry, line: number): JournalFault | undefined {
    const { record, previous } = entry;
    const { sequence } = record;
    const expected = this.#head.sequence + 1;
    if (sequence < expected) return { is: 'duplicated', line, sequence };
    if (sequence > expected) return { is: 'missing', line, from: expected, to: sequence - 1 };
    if (previous !== this.#head.hash) return { is: 'unlinked', line, sequence };
    return this.#faultOfSignature(record, line) ?? this.#faultOfKnown(entry, line);
  }

  #faultOfSignature(record: JournalRecord, line: number): JournalFault | undefined {
    if (record.event !== 'checkpoint') return undefined;
    const { sequence, keyId } = record;
    const found = checkCheckpoint(record, this.#head, this.#keys);
    if (found === 'unknown-key') return { is: 'wrong-key', line, sequence, keyId, given: [...this.#keys.keys()] };
    return found === 'good' ? undefined : { is: 'forged', line, from: this.#signed + 1, to: sequence };
  }

  #faultOfKnown({ record, hash }: Entry, line: number): JournalFault | undefined {
    for (let next = this.#known.at(-1); next?.sequence === record.sequence; next = this.#known.at(-1)) {
      if (next.hash !== hash) return { is: 'other', line, expected: next };
      this.#known.pop();
    }
    return undefined;
  }
}
