import { randomUUID } from 'node:crypto';
import { Refusal, type RefusalCode } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';
import { type Watch, within } from '../server/deadline.ts';
import type { IdempotencyRecords } from './idempotency-records.ts';

/** Refusals after which it is certain that this attempt has kept nothing. */
const keepsNothing: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'invalid',
  'unknown_consumer',
  'memory_short',
  'id_taken',
]);

/** An answer that is ready waits for its record this part of the silence. Without one the next caller does it again. */
const recordWait = 0.2;

export interface OnceOptions {
  /** Name of the key's record. */
  name: string;
  /** Digest of what is asked. */
  digest: string;
  /** The digest does not cover all of it: what was done already is compared by doing it again, which core makes safe. */
  comparesItems: boolean;
  /** What an attempt stored may be there although it failed: the next one goes on with it under the same id. */
  resumable: boolean;
  /** The id to use when the key is new. */
  requestId: string;
  watch: Watch;
  /** Told the request's id as soon as it is certain. */
  onBegun: (requestId: string) => void;
}

export interface OnceAnswer {
  requestId: string;
  answer: string;
  replayed: boolean;
}

/**
 * Does what an Idempotency-Key stands for at most once, however often and on however many producers it is asked:
 * - seen first: does it, under a lease that is renewed while it goes on, and keeps the answer
 * - done already: the kept answer; with another digest, or other items: 422; going on right now: 409
 * - the lease ran out (its producer died): does it again **under the same request id**, which core makes safe
 */
export async function runOnce(
  records: IdempotencyRecords,
  options: OnceOptions,
  work: (requestId: string, isComparison: boolean) => Promise<string>,
): Promise<OnceAnswer> {
  const { name, digest, watch } = options;
  const owner = randomUUID();
  const begun = await records.begin(name, { digest, requestId: options.requestId, owner });
  const { requestId } = begun;
  watch.moving();
  options.onBegun(requestId);
  if (begun.outcome === 'done') {
    if (options.comparesItems) await comparing(work(requestId, true));
    return { requestId, answer: begun.answer, replayed: true };
  }
  if (begun.outcome === 'other') throw keyReused();
  if (begun.outcome === 'running') throw inProgress(begun.leftMs);

  const stopRenewing = renewUntilStopped(records, { name, owner }, watch);
  try {
    const answer = await (options.comparesItems ? comparing(work(requestId, false)) : work(requestId, false));
    watch.moving();
    await quietly(watch, records.finish(name, { requestId, answer }));
    return { requestId, answer, replayed: false };
  } catch (error) {
    const isFree = options.resumable ? isWrong(error) : keptNothing(error);
    const released = quietly(watch, records.release(name, owner, isFree));
    // Redis may be away: the answer does not wait for it.
    if (isFree) await released;
    throw error;
  } finally {
    stopRenewing();
  }
}

/** Stops also once nobody waits any longer: an upload that hangs for good must not hold its key for good. */
function renewUntilStopped(
  records: IdempotencyRecords,
  attempt: { name: string; owner: string },
  watch: Watch,
): () => void {
  const stop = (): void => clearInterval(timer);
  const timer = setInterval(() => {
    // A renewal that fails does no harm: another attempt would use the same id.
    void quietly(watch, records.renew(attempt.name, attempt.owner));
  }, records.leaseMs / 3);
  if (watch.signal.aborted) stop();
  watch.signal.addEventListener('abort', stop, { once: true });
  return stop;
}

async function quietly(watch: Watch, step: Promise<unknown>): Promise<void> {
  await within(watch.silenceMs * recordWait, step).catch(() => undefined);
}

/** Under a key, other content of the same id is another use of the key. */
async function comparing(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Refusal && error.code === 'id_taken' ? keyReused() : error;
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof Refusal && (error.code === 'invalid' || error.code === 'unknown_consumer');
}

/** A problem of the client's own comes from its stream, which is read before anything is sealed. */
function keptNothing(error: unknown): boolean {
  if (error instanceof Problem) return error.status < 500 || error.kind === 'busy';
  return error instanceof Refusal && keepsNothing.has(error.code);
}

function keyReused(): Problem {
  return new Problem('key-reused', 'This Idempotency-Key was used with another body or for another kind of request.');
}

function inProgress(leftMs: number): Problem {
  return new Problem('in-progress', 'The request with this Idempotency-Key is being received right now.', {
    retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
  });
}
