import { createHash } from 'node:crypto';
import type { Ask } from './ask.ts';

/** Items are hashed a thousand at a time: one by one costs more than the hashing. */
const itemsAtOnce = 1_000;

/**
 * SHA-256 of what is asked, however its JSON was written. No item and no note holds a control character, so the
 * newlines between them say where each ends.
 */
export function digestAsk(ask: Ask): string {
  const { kind, notes, items, ignoreResponseRevisions } = ask;
  const { consumer, reason, requestedBy } = notes;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([kind, consumer, reason, requestedBy, ignoreResponseRevisions]));
  for (let start = 0; start < items.length; start += itemsAtOnce) {
    hash.update(`\n${items.slice(start, start + itemsAtOnce).join('\n')}`);
  }
  return hash.digest('hex');
}
