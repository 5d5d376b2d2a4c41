import { isLaneOpen, type Lane, remainingItems } from './overview.ts';

/** Rows of a table, and names of consumers with nothing open: more than these help nobody, and are counted. */
const mostRows = 100;
const mostNames = 100;

/** Which lanes are shown out of all. */
export interface LaneChoice {
  open: Lane[];
  moreOpen: number;
  /** Consumers of which no lane has anything open, with what both have done today. */
  quiet: { consumer: string; succeeded: number; failed: number }[];
  moreQuiet: number;
}

/** Those whose consumer has this text in its name: the stopped ones first, then those with the most to do. */
export function chosenLanes(lanes: readonly Lane[], search: string): LaneChoice {
  const wanted = search.toLowerCase();
  const found = lanes.filter(({ consumer }) => consumer.toLowerCase().includes(wanted));
  const open = found.filter(isLaneOpen).toSorted(urgency);
  const busy = new Set(open.map(({ consumer }) => consumer));
  const quiet = new Map<string, LaneChoice['quiet'][number]>();
  for (const { consumer, today } of found) {
    if (busy.has(consumer)) continue;
    const { succeeded, failed } = quiet.get(consumer) ?? { succeeded: 0, failed: 0 };
    quiet.set(consumer, { consumer, succeeded: succeeded + today.succeeded, failed: failed + today.failed });
  }
  const names = [...quiet.values()].toSorted(
    (one, other) => other.succeeded + other.failed - one.succeeded - one.failed,
  );
  return {
    open: open.slice(0, mostRows),
    moreOpen: Math.max(0, open.length - mostRows),
    quiet: names.slice(0, mostNames),
    moreQuiet: Math.max(0, names.length - mostNames),
  };
}

function urgency(one: Lane, other: Lane): number {
  const stopped = Number(other.stop !== undefined) - Number(one.stop !== undefined);
  return stopped === 0 ? remainingItems(other) - remainingItems(one) : stopped;
}
