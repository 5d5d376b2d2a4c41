import type { LearnosityError } from '@session-queue/core';
import type { Batch, GiveBack, ItemOutcome, Resolution } from '@session-queue/core/engine';
import { everyItem } from '../settle/outcomes.ts';
import { backoffMs } from './backoff.ts';
import { partsOf, spread } from './parts.ts';

/** So many failures that were nobody's fault, while others of the lane succeeded, and an item may be the cause. */
const failuresBeforeSplit = 8;

export interface LaneHealth {
  successes: number;
  badItems: number;
}

export type FailureAction = ({ do: 'give back'; back: GiveBack } | { do: 'resolve'; resolution: Resolution }) & {
  /** Its outcome is unknown, and it stays whole: where the key is exclusive its job is looked for before. */
  isLost?: boolean;
};

/** What a failed send means for its batch (architecture: What a failure means). */
export function actOn(error: LearnosityError, batch: Batch, health: LaneHealth, quotaWindowMs: number): FailureAction {
  const { code, message, decision } = error;
  switch (decision) {
    case 'quota':
      return { do: 'give back', back: { cause: 'quota', code, message, dueInMs: quotaWindowMs } };
    case 'consumer':
      return { do: 'give back', back: { cause: 'consumer', code, message, dueInMs: 0 } };
    case 'absent':
      return blame(error, batch, health, 'absent');
    case 'item':
      return blame(error, batch, health, 'failed');
    case 'transient':
      return nobodysFault(error, batch, health);
  }
}

function nobodysFault(error: LearnosityError, batch: Batch, health: LaneHealth): FailureAction {
  const { code, message } = error;
  const unknown = error.outcome === 'unknown';
  // Sent twice it could overwrite newer responses twice: a person decides (invariant 7).
  if (unknown && batch.ignoring) {
    return { do: 'resolve', resolution: { outcomes: everyItem(batch, 'parked'), code, message }, isLost: true };
  }
  const othersSucceed = health.successes > batch.successesBefore;
  if (batch.failures + 1 >= failuresBeforeSplit && othersSucceed && batch.size > 1) return split(error, batch, health);
  const dueInMs = backoffMs(batch.failures);
  const cause = unknown ? 'unknown' : 'transient';
  return { do: 'give back', back: { cause, code, message, dueInMs }, isLost: unknown };
}

/** Finds the items that are to blame: the one there is, the ones that are named, or by splitting. */
function blame(error: LearnosityError, batch: Batch, health: LaneHealth, outcome: 'failed' | 'absent'): FailureAction {
  const { code, message } = error;
  if (batch.size === 1) return { do: 'resolve', resolution: { outcomes: [outcome], code, message } };
  const named = new Set(error.namedItems);
  if (named.size === 0) return split(error, batch, health);
  const outcomes = Array.from({ length: batch.size }, (_, index): ItemOutcome => (named.has(index) ? outcome : 0));
  const children = { halves: false, dueInMs: 0, halts: batch.halts, unknown: false };
  return { do: 'resolve', resolution: { outcomes, code, message, children } };
}

function split(error: LearnosityError, batch: Batch, health: LaneHealth): FailureAction {
  const { code, message } = error;
  const outcomes = spread(batch.size, partsOf(batch.size, batch.depth, health.badItems));
  const children = { halves: true, dueInMs: 0, halts: batch.halts, unknown: error.outcome === 'unknown' };
  return { do: 'resolve', resolution: { outcomes, code, message, children } };
}
