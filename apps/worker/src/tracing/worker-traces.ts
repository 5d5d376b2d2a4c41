import { maxItemsPerBatch } from '@session-queue/core/engine';
import { batchSpan, requestSpan, type SpanFacts, type Tracing } from '@session-queue/tracing';
import type { CallResult, JobEnd, Observer, WatchedBatch } from '../observer.ts';

/**
 * Traces each batch: the call that it was accepted with, below it Learnosity's job, and below that the settling, whichever replica
 * sees which. Calls that failed stand beside the one that did not.
 */
export class WorkerTraces implements Pick<Observer, 'callEnded' | 'jobEnded'> {
  readonly #tracing: Tracing;

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  callEnded(batch: WatchedBatch, result: CallResult, ms: number): void {
    const { below, ...accepted } = spanOf(batch);
    const facts = { ...factsOf(batch), 'session_queue.result': result };
    const call = { name: 'call', role: 'client', ms, facts } as const;
    const links = below === undefined ? batch.shares.map(({ request }) => requestSpan(request)) : [];
    if (result === 'accepted') this.#tracing.record({ ...call, as: accepted, below, links });
    else this.#tracing.record({ ...call, below: below ?? accepted, links, failed: true });
  }

  jobEnded(batch: WatchedBatch, status: JobEnd, ageMs: number, settleMs: number): void {
    const facts = { ...factsOf(batch), 'session_queue.result': status };
    const failed = status !== 'completed';
    const job = { name: 'job', ms: ageMs, endedMsAgo: settleMs, facts, failed } as const;
    const below = this.#tracing.record({ ...job, below: spanOf(batch) });
    this.#tracing.record({ name: 'settle', ms: settleMs, below, facts: factsOf(batch) });
  }
}

function spanOf({ id, shares, size }: WatchedBatch): ReturnType<typeof batchSpan> {
  return batchSpan(
    id,
    shares.map(({ request }) => request),
    size === maxItemsPerBatch,
  );
}

function factsOf({ id, kind, consumer, size, shares: [share, ...others] }: WatchedBatch): SpanFacts {
  return {
    'session_queue.consumer': consumer,
    'session_queue.kind': kind,
    'session_queue.batch.id': id,
    'session_queue.items': size,
    ...(share !== undefined && others.length === 0 && { 'session_queue.request.id': share.request }),
  };
}
