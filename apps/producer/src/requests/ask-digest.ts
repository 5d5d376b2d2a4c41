import { createHash } from 'node:crypto';
import type { DeletionWishes } from '@session-queue/core';
import type { Ask } from './ask.ts';

/**
 * SHA-256 of what is asked, however its JSON was written. When it is to be done, how urgently, and whom to tell of its end are no part
 * of it (decision 19). No item and no note holds a control character, so the newlines between them say where each ends.
 */
export function digestAsk({ kind, notes, items, ignoreResponseRevisions }: Ask): string {
  const { consumer, reason, requestedBy } = notes;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([kind, consumer, reason, requestedBy, ignoreResponseRevisions, ...wishesIn(notes)]));
  for (const piece of items.pieces()) hash.update('\n').update(piece);
  return hash.digest('hex');
}

/** What digests have of wishes for a deletion: nothing where there is none, as before there were any. */
export function wishesIn({ requireApproval, force }: DeletionWishes): string[] {
  return [...(requireApproval === true ? ['requireApproval'] : []), ...(force === true ? ['force'] : [])];
}
