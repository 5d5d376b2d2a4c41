import type { Decision, Kind } from '@session-queue/core';

/** A lane, as whoever watches names it. */
export interface LaneName {
  consumer: string;
  kind: Kind;
}

/** What a call came to: its answer was as hoped, or what its failure means (`packages/core/src/learnosity/decision.ts`). */
export type CallResult = 'accepted' | Decision;

/** Watches what a worker does, to measure it. None of it may throw. Times are in ms. */
export interface Observer {
  /** A call of so many items leaves, so long after its slot was free. */
  callLeft(lane: LaneName, items: number, slotWaitMs: number): void;
  callEnded(lane: LaneName, result: CallResult, ms: number): void;
  /** So many references were asked for, so long after each was due. */
  polled(consumer: string, result: CallResult, ms: number, lagsMs: readonly number[]): void;
  /** The end of a job was noticed, so long after its batch was submitted, and written down in `settleMs`. */
  jobEnded(lane: LaneName, status: 'completed' | 'halted' | 'endless', ageMs: number, settleMs: number): void;
  batchSplit(lane: LaneName): void;
}

/** Watches nothing. */
export const noObserver: Observer = {
  callLeft: () => undefined,
  callEnded: () => undefined,
  polled: () => undefined,
  jobEnded: () => undefined,
  batchSplit: () => undefined,
};
