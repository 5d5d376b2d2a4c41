import { Refusal, type RequestView, type SessionQueue } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';
import type { Watch } from '../server/deadline.ts';
import { CutOffProblem } from './body-pieces.ts';
import type { StreamAsk } from './stream-ask.ts';
import { largeItems } from './stream-room.ts';

/** Waits for the room of a large upload; resolves to what gives it back. */
type Grow = () => Promise<() => void>;

/**
 * Hands the items of a stream to the queue while they come; resolves once all of them are durable (invariant 1). Nothing is kept
 * where the stream holds a bad line and these are not to be skipped: that is a 400, at the stream's end, so that it names them all. Nor
 * where it is cut off, unless it is resumable.
 */
export function storeStream(
  queue: SessionQueue,
  ask: StreamAsk,
  id: string,
  { grow, watch }: { grow: Grow; watch: Watch },
): Promise<RequestView> {
  const { kind, notes, keyName, resumable, ignoreResponseRevisions, bad } = ask;
  const input = { ...notes, keyName, id, resumable, signal: watch.signal, skipped: () => bad.count };
  const items = watched(itemsToStore(ask, grow), watch);
  if (kind === 'deletion') return queue.deleteSessions({ ...input, sessionIds: items });
  return queue.resubmit({
    ...input,
    submissions: items,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  });
}

async function* itemsToStore(ask: StreamAsk, grow: Grow): AsyncGenerator<readonly string[]> {
  const { items, bad, onInvalid } = ask;
  let count = 0;
  let giveBack: (() => void) | undefined;
  try {
    for await (const some of items) {
      if (onInvalid === 'refuse' && bad.count > 0) continue;
      count += some.length;
      if (count > largeItems) giveBack ??= await grow();
      yield some;
    }
  } finally {
    giveBack?.();
  }
  if (onInvalid === 'refuse' || count === 0) bad.throwIfAny();
  if (count > 0) return;
  const reason = 'must hold at least one item';
  throw new Problem('invalid-request', `The body ${reason}.`, { errors: [{ field: 'body', reason }] });
}

/** While the client is waited for, Redis may be silent: nothing is asked of it. */
async function* watched(items: AsyncGenerator<readonly string[]>, watch: Watch): AsyncGenerator<readonly string[]> {
  try {
    for (;;) {
      const next = await watch.elsewhere(items.next());
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw refusalOf(error);
  } finally {
    await items.return(undefined);
  }
}

/** To core a stream that holds something wrong is refused, and not one that failed: nothing of it is worth keeping. */
function refusalOf(error: unknown): unknown {
  const isWrong = error instanceof Problem && error.status < 500 && !(error instanceof CutOffProblem);
  return isWrong ? new Refusal('invalid', error.message, { cause: error }) : error;
}
