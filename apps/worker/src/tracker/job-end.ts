import type { DueReference, Resolution } from '@session-queue/core/engine';
import { spread } from '../sender/parts.ts';
import { everyItem } from '../settle/outcomes.ts';

/** So many halted jobs and the items fail. */
const mostHalts = 5;
const haltedAgainInMs = 5_000;
/** From this halt on an item may be the cause: it is looked for in so many parts, and then one by one. */
const haltsBeforeParts = 2;
const mostParts = 10;
/** A reference without an end after this long has an unknown outcome. */
const endlessAfterMs = 24 * 3600 * 1000;

/**
 * What the end of a job means for its batch; `undefined` while it has none. Only `completed` is done: a status that is missing
 * or unknown to us is not (invariant 8).
 */
export function jobEnd(status: string | undefined, ageMs: number): ((batch: DueReference) => Resolution) | undefined {
  if (status === 'completed') return (batch) => ({ outcomes: everyItem(batch, 'succeeded') });
  if (status === 'halted') return halted;
  return ageMs > endlessAfterMs ? endless : undefined;
}

function halted(batch: DueReference): Resolution {
  const message = 'Learnosity halted the job';
  const halts = batch.halts + 1;
  // Some of it may have been done: what ignores revisions is not sent twice unasked (invariant 7).
  if (batch.ignoring) return { outcomes: everyItem(batch, 'parked'), code: 'halted', message };
  if (halts >= mostHalts)
    return { outcomes: everyItem(batch, 'failed'), code: 'halted', message: `${message} ${halts} times` };
  const parts = partsAfter(halts, batch);
  const children = { halves: parts > 1, dueInMs: haltedAgainInMs * halts, halts, unknown: true };
  return { outcomes: spread(batch.size, parts), code: 'halted', message, children };
}

/**
 * An item that no job survives must not take its neighbours along: all are alone after three halts, with two tries left. Where
 * nothing else of the lane completes no item is to blame, and more calls would only cost quota.
 */
function partsAfter(halts: number, { size, othersComplete }: DueReference): number {
  if (!othersComplete || halts < haltsBeforeParts) return 1;
  return halts === haltsBeforeParts ? Math.min(size, mostParts) : size;
}

function endless(batch: DueReference): Resolution {
  const reason = { code: 'endless', message: 'Learnosity did not end the job within 24 hours' };
  if (batch.ignoring) return { outcomes: everyItem(batch, 'parked'), ...reason };
  return {
    outcomes: everyItem(batch, 0),
    ...reason,
    children: { halves: false, dueInMs: 0, halts: batch.halts, unknown: true },
  };
}
