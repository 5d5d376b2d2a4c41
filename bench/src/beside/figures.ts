import type { Figure } from '../benchmark.ts';
import { percentile } from '../measures/percentile.ts';
import type { Pair, SpentQuota } from './beside.ts';

const leastQuotaRatio = 0.98;
const leastEnqueueRatio = 0.85;

export interface Besides<Name extends string> {
  quota: Record<Name, SpentQuota>;
  /** Ids a second, a request each. */
  enqueued: Record<Name, number[]>;
}

/** What the first of a pair, which has `what`, reaches of the second. */
export function besideFigures<Name extends string>(
  what: string,
  [has, hasNot]: Pair<Name>,
  { quota, enqueued }: Besides<Name>,
): Figure[] {
  const quotaRatio = quota[has].share / quota[hasNot].share;
  const enqueueRatio = middleRate(enqueued[has]) / middleRate(enqueued[hasNot]);
  return [
    {
      name: `quota of deletions used with ${what}, of that without`,
      value: quotaRatio,
      unit: 'times',
      isRatio: true,
      better: 'higher',
      target: { words: `at least ${leastQuotaRatio}`, met: quotaRatio >= leastQuotaRatio },
    },
    {
      name: `ids taken in a second with ${what}, of those without`,
      value: enqueueRatio,
      unit: 'times',
      // Of single times on a machine with few cores: shown, and held to its target alone.
      isRatio: false,
      better: 'higher',
      target: { words: `at least ${leastEnqueueRatio}`, met: enqueueRatio >= leastEnqueueRatio },
    },
  ];
}

export function middleRate(rates: readonly number[]): number {
  return percentile(rates, 0.5);
}
