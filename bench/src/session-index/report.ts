import type { Figure, Result } from '../benchmark.ts';
import { percentile } from '../measures/percentile.ts';
import type { Measured } from './measure.ts';

const mostBytes = 32;
const mostLookupMs = 1;

/** What a size costs with the index, beside the same without. */
export interface Pair {
  ids: number;
  with: Measured;
  without: Measured;
}

export function report(pairs: readonly Pair[], parameters: Result['parameters']): Result {
  const rows = pairs.map((pair) => [
    pair.ids.toLocaleString('en'),
    pair.with.bytes.toFixed(1),
    pair.without.takenInUs.toFixed(2),
    pair.with.takenInUs.toFixed(2),
    pair.without.settledUs.toFixed(1),
    pair.with.settledUs.toFixed(1),
    pair.with.lookupUs.toFixed(0),
    percentile(pair.with.lookupMs, 0.5).toFixed(2),
    percentile(pair.with.lookupMs, 0.99).toFixed(2),
  ]);
  const figures = pairs.flatMap((pair): Figure[] => {
    const { bytes, lookupMs } = pair.with;
    const of = `${pair.ids.toLocaleString('en')} ids`;
    const middle = percentile(lookupMs, 0.5);
    return [
      {
        name: `the index of ${of}, an id`,
        value: bytes,
        unit: 'bytes',
        // Counted, not timed: the same on every machine.
        isRatio: true,
        better: 'lower',
        target: { words: `under ${mostBytes}`, met: bytes < mostBytes },
      },
      {
        name: `a lookup among ${of}, p50`,
        value: middle,
        unit: 'ms',
        isRatio: false,
        better: 'lower',
        target: { words: `under ${mostLookupMs}`, met: middle < mostLookupMs },
      },
    ];
  });
  return {
    benchmark: 'session-index',
    parameters,
    tables: [
      {
        title: 'The index of sessions: Redis bytes and processor time an id',
        head: [
          'ids in it',
          'bytes an id',
          'taken in without, µs',
          'with, µs',
          'sent and settled without, µs',
          'with, µs',
          'a lookup, µs',
          'its p50 for the caller, ms',
          'p99, ms',
        ],
        rows,
      },
    ],
    figures,
    notes: [
      'Bytes are what Redis says of the keys of the index (MEMORY USAGE), beside the 18 that an id waiting in its list takes.',
    ],
  };
}
