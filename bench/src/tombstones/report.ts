import type { Figure, Result } from '../benchmark.ts';
import type { Pair } from '../beside/beside.ts';
import { type Besides, besideFigures, middleRate } from '../beside/figures.ts';
import type { Measured } from './measure.ts';

const mostBytes = 60;
const extrapolated = 10_000_000;

/** Consumers of one run: one whose workers have a TOMBSTONE_KEY, and one whose have none. */
export const besides = ['remembered', 'forgotten'] as const satisfies Pair<string>;
type Beside = (typeof besides)[number];

export function report(all: readonly Measured[], beside: Besides<Beside>, parameters: Result['parameters']): Result {
  return {
    benchmark: 'tombstones',
    parameters,
    tables: [
      {
        title: 'Deletions that are remembered beside some that are not, at the same time',
        head: ['deletions', 'share of their quota', 'answered 429', 'taken in, ids a second (median)'],
        rows: besides.map((name) => [
          name,
          beside.quota[name].share.toFixed(3),
          beside.quota[name].refused429,
          Math.round(middleRate(beside.enqueued[name])).toLocaleString('en'),
        ]),
      },
      {
        title: 'Tombstones: Redis bytes and processor time an id',
        head: [
          'tombstones',
          'bytes each',
          'as 10,000,000 MB',
          'deleted without, µs',
          'with, µs',
          'already deleted a second',
        ],
        rows: all.map((one) => [
          one.ids.toLocaleString('en'),
          one.bytes.toFixed(1),
          ((one.bytes * extrapolated) / 1_000_000).toFixed(0),
          one.deletedWithoutUs.toFixed(1),
          one.deletedUs.toFixed(1),
          Math.round(one.againPerSecond).toLocaleString('en'),
        ]),
      },
    ],
    figures: [...besideFigures('tombstones', besides, beside), ...all.map(bytesFigure)],
    notes: ["Bytes are by how much Redis's own used_memory grew, divided by the tombstones."],
  };
}

function bytesFigure({ ids, bytes }: Measured): Figure {
  return {
    name: `one of ${ids.toLocaleString('en')} tombstones`,
    value: bytes,
    unit: 'bytes',
    // Counted, not timed: the same on every machine.
    isRatio: true,
    better: 'lower',
    target: { words: `under ${mostBytes}`, met: bytes < mostBytes },
  };
}
