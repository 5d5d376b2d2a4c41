import type { Figure, Result } from '../benchmark.ts';
import type { Pair } from '../beside/beside.ts';
import { type Besides, besideFigures, middleRate } from '../beside/figures.ts';
import type { Settled } from './settling.ts';

const mostBytes = 10;

/** Consumers of one run: one whose deletions are looked for and verified, and one whose are not. */
export const besides = ['verified', 'unverified'] as const satisfies Pair<string>;
type Beside = (typeof besides)[number];

export interface Measured extends Besides<Beside> {
  settled: Record<Beside, Settled>;
  /** Sessions that were verified while the quota was spent. */
  verified: number;
}

export function report(measured: Measured, parameters: Result['parameters']): Result {
  const { quota, enqueued, settled, verified } = measured;
  const { bytes } = settled.verified;
  const figures: Figure[] = [
    ...besideFigures('verification', besides, measured),
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
          Math.round(middleRate(enqueued[beside])).toLocaleString('en'),
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
