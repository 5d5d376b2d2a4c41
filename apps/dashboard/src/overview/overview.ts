import type { Kind, RedisHealth, RequestView } from '@session-queue/core';
import type { HandStop, LaneFigures, SeenWorker, VerificationFigures } from '@session-queue/core/engine';
import type { MinuteTotals } from './chart-history.ts';
import type { Rate } from './recent-rates.ts';

/** What the first page tells, all of it read at about one time. Times are ms of Redis's clock. */
export interface Overview {
  readAt: number;
  kinds: KindState[];
  /** Both lanes of every consumer that workers have ever announced, or that has something open. */
  lanes: Lane[];
  /** Of consumers of which anything was deleted. */
  verifications: VerificationFigures[];
  workers: SeenWorker[];
  redis: RedisState;
  /** The latest requests, newest first. */
  requests: RequestView[];
  /** The last hours, a minute each, the oldest first. */
  minutes: MinuteTotals[];
}

export interface KindState {
  kind: Kind;
  /** Since when and why everything of this kind is stopped. */
  stop: HandStop | undefined;
  /** Whether its queues are paused in Bull Board: nothing is taken in, or nothing sent. */
  isIntakePaused: boolean;
  isSendingPaused: boolean;
}

export interface Lane extends LaneFigures {
  /** How fast it went within the last minutes; absent before that can be told. */
  rate: Rate | undefined;
  /** A worker that is alive has the consumer's credentials. */
  isKnown: boolean;
}

/** What Redis says of itself; what may not be asked is absent. */
export interface RedisState extends RedisHealth {
  version?: string | undefined;
  appendOnly?: boolean | undefined;
  policy?: string | undefined;
}

/** Items of a lane that are still to be done; parked ones wait for a person. */
export function remainingItems({ items }: Pick<LaneFigures, 'items'>): number {
  return items.pending + items.claimed + items.submitted;
}

/** Items that are in a batch or at Learnosity. */
export function itemsInFlight({ items }: Pick<LaneFigures, 'items'>): number {
  return items.claimed + items.submitted;
}

/** Whether there is more to say of a lane than what it has done. */
export function isLaneOpen(lane: LaneFigures): boolean {
  return lane.openRequests > 0 || remainingItems(lane) > 0 || lane.items.parked > 0 || lane.stop !== undefined;
}
