import type { RequestView, SessionQueue } from '@session-queue/core';
import type { Watch } from '../server/deadline.ts';
import type { Ask } from './ask.ts';

/** How many items go by between two signs that the upload moves; core takes them in chunks of about a thousand. */
const itemsPerSign = 500;

/** Hands the request to the queue, and takes its items out for that; resolves once it is durable (invariant 1). */
export function storeAsk(queue: SessionQueue, ask: Ask, id: string, watch: Watch): Promise<RequestView> {
  const { kind, notes, keyName, items, ignoreResponseRevisions } = ask;
  const input = { ...notes, keyName, id, signal: watch.signal };
  const watched = signWhileTaken(items.takeOut(), watch);
  if (kind === 'deletion') return queue.deleteSessions({ ...input, sessionIds: watched });
  return queue.resubmit({
    ...input,
    submissions: watched,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  });
}

function* signWhileTaken(items: Iterable<string>, watch: Watch): Generator<string> {
  let taken = 0;
  for (const item of items) {
    if (taken % itemsPerSign === 0) watch.moving();
    taken += 1;
    yield item;
  }
}
