import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { EvidenceError } from '../evidence-error.ts';
import { faultOf, type headSchema } from '../schemas.ts';
import { type JournalEvent, type JournalRecord, recordSchema } from './record.ts';

/** The end of a chain: the number of its last record, and that record's hash. */
export type Head = Readonly<z.infer<typeof headSchema>>;

/** Of a journal without records. */
export const emptyHead: Head = { sequence: 0, hash: '0'.repeat(64) };

/** A record in its place: `hash` is SHA-256 over the bytes of `previous`, the hash before it, and the record's canonical form. */
export interface Entry {
  readonly previous: string;
  readonly record: JournalRecord;
  readonly hash: string;
}

/** Makes an event the next record. Throws an `EvidenceError` (`bad_record`) when it is none. */
export function appendTo(head: Head, event: JournalEvent): Entry {
  const parsed = recordSchema.safeParse({ ...event, sequence: head.sequence + 1 });
  if (!parsed.success) throw new EvidenceError('bad_record', `this is no record: ${faultOf(parsed.error)}`);
  return { previous: head.hash, record: parsed.data, hash: hashOf(head.hash, canonicalJson(parsed.data)) };
}

export function headOf({ record, hash }: Entry): Head {
  return { sequence: record.sequence, hash };
}

/** `canonical` is the record's canonical form. */
export function hashOf(previous: string, canonical: string): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonical).digest('hex');
}
