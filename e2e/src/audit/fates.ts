import { createHash } from 'node:crypto';
import { finalStates, type RequestView } from '@session-queue/core';
import type { Delivery } from '../load/delivery.ts';
import type { Evidence } from './evidence.ts';

/** What became of one item: as its request says, and as Learnosity's books say. */
export interface Fate {
  item: string;
  delivery: Delivery;
  /** `open` while its request is not at its end, `gone` when there is no such request. */
  said: 'succeeded' | 'failed' | 'parked' | 'open' | 'gone';
  /** Accepted calls that held it. */
  calls: number;
  /** Deleted, or stored. */
  isDone: boolean;
}

/** Every distinct item that anybody asked for. */
export function fatesOf({ deliveries, requests, books }: Evidence): Fate[] {
  return deliveries.flatMap((delivery) => {
    const { ask, request } = delivery;
    const evidence = request === undefined ? undefined : requests.get(request);
    const failed = new Set(evidence?.failed);
    const parked = new Set(evidence?.parked);
    const isOver = evidence !== undefined && isAtItsEnd(evidence.view);
    return [...new Set(ask.items)].map((item): Fate => {
      const said =
        evidence === undefined
          ? 'gone'
          : failed.has(item)
            ? 'failed'
            : parked.has(item)
              ? 'parked'
              : isOver
                ? 'succeeded'
                : 'open';
      return { item, delivery, said, ...bookOf(books, ask.kind, item) };
    });
  });
}

/** A request that only waits for a person (parked items) is at the end of what the system can do. */
export function isAtItsEnd({ state, counts }: Pick<RequestView, 'state' | 'counts'>): boolean {
  const { pending, claimed, submitted, parked } = counts;
  return finalStates.has(state) || (parked > 0 && pending + claimed + submitted === 0);
}

function bookOf(books: Evidence['books'], kind: string, item: string): { calls: number; isDone: boolean } {
  if (kind === 'deletion') {
    const book = books.perSession[item];
    return { calls: book?.calls ?? 0, isDone: typeof book?.deletedAt === 'number' };
  }
  const book = books.perSubmission[submissionKey(item)];
  return { calls: book?.calls ?? 0, isDone: (book?.stored ?? 0) > 0 };
}

/** How the books name a submission. */
export function submissionKey(item: string): string {
  return createHash('sha256').update(item).digest('hex');
}
