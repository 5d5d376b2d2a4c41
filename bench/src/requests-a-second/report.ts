import type { Figure, Result } from '../benchmark.ts';
import { percentile } from '../measures/percentile.ts';
import type { Measured } from './load.ts';

export interface Pair {
  idsPerRequest: number;
  ours: readonly Measured[];
  bare: readonly Measured[];
}

/** The least share of the bare handler's requests a second that ours is to reach. */
const target = 0.7;

export function report(pairs: readonly Pair[], parameters: Record<string, unknown>): Result {
  const rows = pairs.flatMap(({ idsPerRequest, ours, bare }) => [
    row(`Session Queue, ${ids(idsPerRequest)}`, ours),
    row(`bare Express, one queue.add, ${ids(idsPerRequest)}`, bare),
  ]);
  const figures = pairs.map(({ idsPerRequest, ours, bare }): Figure => {
    const value = middle(ours.map((one, i) => one.requestsPerSecond / (bare[i]?.requestsPerSecond ?? Number.NaN)));
    return {
      name: `requests a second, of those of the bare handler, ${ids(idsPerRequest)} each`,
      value,
      unit: '',
      isRatio: true,
      better: 'higher',
      target: { words: `at least ${target}`, met: value >= target },
    };
  });
  return {
    benchmark: 'requests-a-second',
    parameters,
    tables: [{ title: 'POST /v1/deletions', head: ['', 'requests/s', 'p50 ms', 'p99 ms', 'server µs'], rows }],
    figures,
    notes: [
      'Server, Redis and load share the machine; the two take turns in one run, and the ratio is the middle one of all rounds.',
      'The bare handler checks nothing, knows no repeated request, and its 50 ids cost Redis what a job costs.',
    ],
  };
}

function row(name: string, measured: readonly Measured[]): (string | number)[] {
  const of = (field: keyof Measured) => middle(measured.map((one) => one[field]));
  return [name, Math.round(of('requestsPerSecond')), of('p50Ms'), of('p99Ms'), Math.round(of('serverMicros'))];
}

function middle(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function ids(n: number): string {
  return n === 1 ? '1 id' : `${n} ids`;
}
