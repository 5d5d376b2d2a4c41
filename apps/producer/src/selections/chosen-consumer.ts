import type { Selections, SessionQueue } from '@session-queue/core';
import type { Caller } from '../auth/caller.ts';
import { mayUse, ownSelection } from '../auth/consumer-limits.ts';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.ts';
import { Problem } from '../problems/problem.ts';
import { within } from '../server/deadline.ts';

interface Context {
  queue: SessionQueue & Selections;
  idempotency: Pick<IdempotencyRecords, 'requestOf'>;
  silenceMs: number;
}

/**
 * Whose sessions a selection found that is to be deleted: as it says itself or, once it has aged out, the request that deletes it under
 * the same Idempotency-Key. Throws a 404 where the caller has neither.
 */
export async function chosenConsumer(
  context: Context,
  caller: Caller,
  { selection, name }: { selection: string; name: string | undefined },
): Promise<string> {
  try {
    return (await ownSelection(context, caller, selection)).consumer;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'unknown-selection' || name === undefined) throw error;
    const { queue, idempotency, silenceMs } = context;
    const id = await within(silenceMs, idempotency.requestOf(name));
    const standing = id === undefined ? undefined : await within(silenceMs, queue.getRequest(id));
    if (standing === undefined || standing.selection !== selection || !mayUse(caller, standing.consumer)) throw error;
    return standing.consumer;
  }
}
