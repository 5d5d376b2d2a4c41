import { createHash } from 'node:crypto';
import type { Ask } from './ask.ts';

/**
 * SHA-256 of what is asked, however its JSON was written. No item and no note holds a control character, so the
 * newlines between them say where each ends.
 */
export function digestAsk(ask: Ask): string {
  const { kind, notes, items, ignoreResponseRevisions } = ask;
  const { consumer, reason, requestedBy, ...later } = notes;
  const hash = createHash('sha256');
  const asked: unknown[] = [kind, consumer, reason, requestedBy, ignoreResponseRevisions];
  // Behind the others, and only where there are any: what is asked without them has the digest that it always had.
  if (Object.keys(later).length > 0) asked.push(Object.entries(later).toSorted(byName));
  hash.update(JSON.stringify(asked));
  for (const piece of items.pieces()) hash.update('\n').update(piece);
  return hash.digest('hex');
}

/** Notes in an order of their own, whichever they came in. */
export function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
