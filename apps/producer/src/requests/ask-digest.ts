import { createHash } from 'node:crypto';
import type { Ask } from './ask.ts';

/**
 * SHA-256 of what is asked, however its JSON was written. When it is to be done, how urgently, and whom to tell of its end are no part
 * of it (decision 19). No item and no note holds a control character, so the newlines between them say where each ends.
 */
export function digestAsk({ kind, notes, items, ignoreResponseRevisions }: Ask): string {
  const { consumer, reason, requestedBy, force } = notes;
  const hash = createHash('sha256');
  const asked = [kind, consumer, reason, requestedBy, ignoreResponseRevisions];
  hash.update(JSON.stringify(force === true ? [...asked, 'force'] : asked));
  for (const piece of items.pieces()) hash.update('\n').update(piece);
  return hash.digest('hex');
}
