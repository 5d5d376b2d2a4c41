import type { LegalHoldStore, LegalHoldView } from '@session-queue/core';
import { inChunks } from '../overview/in-chunks.ts';

/** Consumers, and records, that are read at once. */
const atOnce = 50;

interface Placed {
  consumer: string;
  id: string;
  /** When it was made, in ms. */
  at: number;
}

/** The newest legal holds of some consumers, the newest first, `most` of them, and how many there are beside them. */
export async function readHolds(
  store: Pick<LegalHoldStore, 'newestIds' | 'findLegalHold'>,
  consumers: readonly string[],
  most: number,
): Promise<{ holds: LegalHoldView[]; more: number }> {
  let newest: Placed[] = [];
  let total = 0;
  await inChunks(consumers, atOnce, async (consumer) => {
    const found = await store.newestIds(consumer, most);
    total += found.total;
    const placed = found.newest.map(({ id, at }) => ({ consumer, id, at }));
    // No more than are shown are kept, of however many consumers.
    newest = [...newest, ...placed].toSorted((one, other) => other.at - one.at).slice(0, most);
  });
  const views = await inChunks(newest, atOnce, ({ consumer, id }) => store.findLegalHold(consumer, id));
  return { holds: views.filter((view) => view !== undefined), more: total - newest.length };
}
