import type { Figure, Result } from '../benchmark.ts';
import { percentile } from '../measures/percentile.ts';
import { type Beside, besides, type SpentQuota } from './beside.ts';
import type { Settled } from './settling.ts';

const leastQuotaRatio = 0.98;
const leastEnqueueRatio = 0.85;
const mostBytes = 10;

export interface Measured {
  quota: Record<Beside, SpentQuota>;
  /** Ids a second, a request each. */
  enqueued: Record<Beside, number[]>;
  settled: { verified: Settled; unverified: Settled };
  /** Sessions that were verified while the quota was spent. */
  verified: number;
}

export function report({ quota, enqueued, settled, verified }: Measured, parameters: Result['parameters']): Result {
  const quotaRatio = quota.verified.share / quota.unverified.share;
  const rateOf = (beside: Beside) => percentile(enqueued[beside], 0.5);
  const enqueueRatio = rateOf('verified') / rateOf('unverified');
  const { bytes } = settled.verified;
  const figures: Figure[] = [
    {
      name: 'quota of deletions used with verification, of that without',
      value: quotaRatio,
      unit: 'times',
      isRatio: true,
      better: 'higher',
      target: { words: `at least ${leastQuotaRatio}`, met: quotaRatio >= leastQuotaRatio },
    },
    {
      name: 'ids taken in a second with verification, of those without',
      value: enqueueRatio,
      unit: 'times',
      // Of single times on a machine with few cores: shown, and held to its target alone.
      isRatio: false,
      better: 'higher',
      target: { words: `at least ${leastEnqueueRatio}`, met: enqueueRatio >= leastEnqueueRatio },
    },
    {
      name: 'what waits to be verified, an id',
      value: bytes,
      unit: 'bytes',
      isRatio: true,
      better: 'lower',
      target: { words: `under ${mostBytes}`, met: bytes < mostBytes },
    },
  ];
  return {
    benchmark: 'verification',
    parameters,
    tables: [
      {
        title: 'Deletions that are looked for and verified beside some that are not, at the same time',
        head: [
          'deletions',
          'share of their quota',
          'calls of metadata',
          'answered 429',
          'taken in, ids a second (median)',
          'sent and settled, µs of Redis an id',
        ],
        rows: besides.map((beside) => [
          beside,
          quota[beside].share.toFixed(3),
          quota[beside].metadataCalls,
          quota[beside].refused429,
          Math.round(rateOf(beside)).toLocaleString('en'),
          settled[beside].us.toFixed(1),
        ]),
      },
    ],
    figures,
    notes: [
      `${verified.toLocaleString('en')} sessions were verified meanwhile.`,
      'Both were taken in by turns while sessions of the first were looked for and verified: that work, on the same cores, slows both.',
      'Bytes are what Redis says of the list of what waits (MEMORY USAGE); the ids themselves lie in the records of their batches, which stay anyway.',
    ],
  };
}
