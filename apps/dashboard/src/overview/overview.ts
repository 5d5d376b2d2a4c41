import type { Kind, LaneStop, RequestView } from '@session-queue/core';

/** What the first page tells, all of it read at one time. */
export interface Overview {
  readAt: Date;
  kinds: KindOverview[];
  /** Consumers that workers have announced. */
  consumers: string[];
  /** The latest requests, newest first. */
  requests: RequestView[];
}

export interface StoppedLane extends LaneStop {
  consumer: string;
}

export interface KindOverview {
  kind: Kind;
  /** Why everything of this kind is stopped. */
  stopped: string | undefined;
  /** Lanes that a fault of their consumer has stopped. */
  stoppedLanes: StoppedLane[];
  requests: {
    paused: boolean;
    /** Not taken in yet. */
    waiting: number;
    /** Taken in and open, or delayed by whoever added them. */
    processing: number;
    /** Finished, as far as BullMQ still keeps their jobs. */
    completed: number;
    failed: number;
  };
  batches: {
    paused: boolean;
    /** Claimed, being sent or at Learnosity. */
    open: number;
    /** Closed, as far as BullMQ still keeps their jobs. */
    completed: number;
    /** Closed with items that failed. */
    failed: number;
  };
}
