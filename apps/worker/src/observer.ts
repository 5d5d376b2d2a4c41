import type { Decision, Kind, RuleMode, RunState } from '@session-queue/core';
import type { Batch } from '@session-queue/core/engine';

/** A lane, as whoever watches names it. */
export interface LaneName {
  consumer: string;
  kind: Kind;
}

/** A batch, as far as whoever watches is told of it. */
export type WatchedBatch = Pick<Batch, 'id' | 'kind' | 'consumer' | 'size' | 'shares'>;

/** What a call came to: its answer was as hoped, or what its failure means (`packages/core/src/learnosity/decision.ts`). */
export type CallResult = 'accepted' | Decision;

/** What a run of a BullMQ job came to; `delayed`: the job waits for the end of what it mirrors, and runs again then. */
export type RunEnd = 'completed' | 'failed' | 'delayed';

export type JobEnd = 'completed' | 'halted' | 'endless';

/** Watches what a worker does, to measure it. None of it may throw. Times are in ms. */
export interface Observer {
  /** A call leaves, so long after its slot was free. */
  callLeft(batch: WatchedBatch, slotWaitMs: number): void;
  callEnded(batch: WatchedBatch, result: CallResult, ms: number): void;
  /** So many references were asked for, so long after each was due. */
  polled(consumer: string, result: CallResult, ms: number, lagsMs: readonly number[]): void;
  /** The end of a job was noticed, so long after its batch was submitted, and written down in `settleMs`. */
  jobEnded(batch: WatchedBatch, status: JobEnd, ageMs: number, settleMs: number): void;
  batchSplit(lane: LaneName): void;
  /** A run of a retention rule came to this. */
  ruleRan(consumer: string, mode: RuleMode, result: RunState): void;
  /** A job of a BullMQ queue was run for so long. */
  jobRan(queue: string, end: RunEnd, ms: number): void;
}

/** Watches nothing. */
export const noObserver: Observer = {
  callLeft: () => undefined,
  callEnded: () => undefined,
  polled: () => undefined,
  jobEnded: () => undefined,
  batchSplit: () => undefined,
  ruleRan: () => undefined,
  jobRan: () => undefined,
};

/** Tells several, each what it wants to know. */
export function everyObserver(...observers: readonly Partial<Observer>[]): Observer {
  const every = (tell: (observer: Partial<Observer>) => void): void => {
    for (const observer of observers) tell(observer);
  };
  return {
    callLeft: (...told) => every((one) => one.callLeft?.(...told)),
    callEnded: (...told) => every((one) => one.callEnded?.(...told)),
    polled: (...told) => every((one) => one.polled?.(...told)),
    jobEnded: (...told) => every((one) => one.jobEnded?.(...told)),
    batchSplit: (...told) => every((one) => one.batchSplit?.(...told)),
    ruleRan: (...told) => every((one) => one.ruleRan?.(...told)),
    jobRan: (...told) => every((one) => one.jobRan?.(...told)),
  };
}
