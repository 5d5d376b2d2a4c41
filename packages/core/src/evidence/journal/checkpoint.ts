import { type PublicKeys, type SigningKey, signValue, verifyValue } from '../keys.ts';
import { appendTo, type Entry, type Head } from './chain.ts';
import type { JournalRecord } from './record.ts';

export type Checkpoint = Extract<JournalRecord, { event: 'checkpoint' }>;

/** The next record: a signature over the head, by which whoever has the public key can see that nothing before it was changed. */
export function signHead(head: Head, at: string, key: SigningKey): Entry {
  const signature = signValue('checkpoint', signedPart(head, at, key.id), key);
  return appendTo(head, { event: 'checkpoint', at, keyId: key.id, signature });
}

/** Whether a checkpoint signs the head before it, by one of the keys. */
export function checkCheckpoint(
  { at, keyId, signature }: Checkpoint,
  head: Head,
  keys: PublicKeys,
): 'good' | 'unknown-key' | 'bad' {
  const key = keys.get(keyId);
  if (key === undefined) return 'unknown-key';
  return verifyValue('checkpoint', signedPart(head, at, keyId), signature, key) ? 'good' : 'bad';
}

function signedPart({ sequence, hash }: Head, at: string, keyId: string): object {
  return { at, hash, keyId, sequence };
}
