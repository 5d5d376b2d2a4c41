import { appendTo, type Entry, emptyHead, headOf } from '../../src/evidence/journal/chain.ts';
import { signHead } from '../../src/evidence/journal/checkpoint.ts';
import { lineOf } from '../../src/evidence/journal/entry-line.ts';
import type { JournalEvent } from '../../src/evidence/journal/record.ts';
import {
  createKeyPair,
  type PublicKeys,
  readPublicKeys,
  readSigningKey,
  type SigningKey,
} from '../../src/evidence/keys.ts';

export const at = '2027-01-31T08:00:00.000Z';

export interface Pair {
  signing: SigningKey;
  trusted: PublicKeys;
}

export function newPair(): Pair {
  const { privatePem, publicPem } = createKeyPair();
  return { signing: readSigningKey(privatePem), trusted: readPublicKeys([publicPem]) };
}

const lane = { kind: 'deletion', consumer: 'north' } as const;

/** What becomes of a request, over and over: no two records are the same. */
export function eventOf(number: number): JournalEvent {
  const request = `r-${Math.floor(number / 6)}`;
  const batch = `b-${number}`;
  const outcome = { succeeded: 40, absent: 2, failed: 10, cancelled: 0, parked: 0 };
  const events: JournalEvent[] = [
    { event: 'request-accepted', at, request, ...lane, requestedBy: 'ada', keyName: 'lms', reason: 'GDPR request 117' },
    { event: 'request-sealed', at, request, items: 50, duplicates: 3 },
    { event: 'request-approved', at, request, by: 'grace', reason: 'checked, ünd ok' },
    { event: 'batch-sent', at, batch, ...lane, attempt: 1, shares: [{ request, items: 50 }] },
    { event: 'batch-completed', at, batch, ...lane, reference: 'job-1', shares: [{ request, ...outcome }] },
    { event: 'request-ended', at, request, state: 'failed', total: 50, succeeded: 40, failed: 10, cancelled: 0 },
  ];
  return events[number % events.length] as JournalEvent;
}

/** A journal of so many records, with a checkpoint at each number that is a multiple of `every`. */
export function journalOf(records: number, every: number, { signing }: Pair): Entry[] {
  const entries: Entry[] = [];
  let head = emptyHead;
  while (entries.length < records) {
    const isCheckpoint = (entries.length + 1) % every === 0;
    const entry = isCheckpoint ? signHead(head, at, signing) : appendTo(head, eventOf(entries.length));
    entries.push(entry);
    head = headOf(entry);
  }
  return entries;
}

export function linesOf(entries: readonly Entry[]): string[] {
  return entries.map(lineOf);
}

/** The entries from `index` on, chained anew behind whatever stands before: what a forger without the key can do. */
export function rechained(entries: readonly Entry[], index: number): Entry[] {
  const kept = entries.slice(0, index);
  let head = kept.length === 0 ? emptyHead : headOf(kept.at(-1) as Entry);
  for (const { record } of entries.slice(index)) {
    const entry = appendTo(head, record);
    kept.push(entry);
    head = headOf(entry);
  }
  return kept;
}
