import type { Figure, Result, Table } from '../benchmark.ts';
import type { Way } from './client-report.ts';
import type { Measured, Watched } from './measure.ts';

const titles: Readonly<Record<Way, string>> = {
  array: 'library, array',
  iterable: 'library, async iterable',
  http: 'HTTP JSON',
  'http-csv': 'HTTP CSV, as a stream',
  'http-ndjson': 'HTTP NDJSON, as a stream',
  raw: 'plain BullMQ jobs of up to 5,000, until taken in',
  'job-per-id': 'peer (b): a BullMQ job per id',
};
const megabyte = 1024 * 1024;

const rateOf = ({ ids, seconds }: Measured): number => ids / seconds;
const secondsOf = ({ seconds }: Measured): number => seconds;
const restOf = ({ bytesAfter, bytesBefore, stored }: Measured): number => (bytesAfter - bytesBefore) / stored;
const peakOf = ({ peakBytes, bytesBefore, stored }: Watched): number => (peakBytes - bytesBefore) / stored;
const processOf = ({ processPeak, producerPeak }: Watched): number => (producerPeak ?? processPeak) / megabyte;
/** Microseconds of processor time an id: unlike the time that passes, nobody else on the machine adds to it. */
const cpuOf = ({ cpuSeconds, redisCpuSeconds, ids }: Measured): number => ((cpuSeconds + redisCpuSeconds) / ids) * 1e6;
const callsOf = ({ commands, requests }: Measured): number =>
  commands.reduce((sum, { calls }) => sum + calls, 0) / requests;
const whole = (value: number): string => Math.round(value).toLocaleString('en');

export interface Sizes {
  large: number;
  peer: number;
  /** Peak memory of the worker that took in the plain jobs, bytes. */
  workerPeak: number;
}

/** What one way came to: small requests by the order of their sizes, and the large one. */
export interface Run {
  way: Way;
  small: readonly Measured[];
  large: Watched;
}

export function report(runs: readonly Run[], sizes: Sizes): Result {
  const rates: Table = {
    title: 'Ids a second, by the ids of a request (32 requests at once)',
    head: ['', '1', '50', '5,000', `${whole(sizes.large)} (peer ${whole(sizes.peer)})`],
    rows: runs.map(({ way, small, large }) => [titles[way], ...[...small, large].map((one) => whole(rateOf(one)))]),
  };
  const work: Table = {
    title:
      'The large request: processor time an id, µs (of the client and of Redis; the producer and the worker are not in it)',
    head: ['', 'client', 'Redis'],
    rows: runs.map(({ way, large: { cpuSeconds, redisCpuSeconds, ids } }) => {
      return [titles[way], ...[cpuSeconds, redisCpuSeconds].map((seconds) => ((seconds / ids) * 1e6).toFixed(2))];
    }),
  };
  const memory: Table = {
    title: 'The large request: memory, and how long Redis kept others waiting',
    head: ['', 'Redis B/id at rest', 'while receiving', 'process MB', 'longest ping ms', 'p99.9', 'longest in Redis'],
    rows: runs.map(({ way, large }) => {
      const longest = Object.entries(large.stalls).sort(([, a], [, b]) => b - a)[0];
      const held = longest === undefined ? 'under 1 ms' : `${longest[0]} ${longest[1]} ms`;
      const process = way === 'raw' ? sizes.workerPeak / megabyte : processOf(large);
      const pings = [
        `${large.longestMs.toFixed(1)} (itself late ${large.ownDelayMs.toFixed(1)})`,
        large.p999Ms.toFixed(1),
      ];
      return [titles[way], restOf(large).toFixed(1), peakOf(large).toFixed(1), whole(process), ...pings, held];
    }),
  };
  const one: Table = {
    title: 'What a request of one id costs',
    head: ['', 'Redis bytes', 'Redis commands', 'Redis µs (CPU)', 'which commands'],
    rows: runs.flatMap(({ small }) => small.slice(0, 1).map(costOfOne)),
  };
  return {
    benchmark: 'taking-in',
    parameters: { large: sizes.large, peer: sizes.peer },
    tables: [rates, work, memory, one],
    figures: figures(runs),
    notes: [
      'The last hundredth of each of our requests of 100 ids or more repeats the first; what was counted is checked. Peer (b) looks for no duplicates.',
      'process MB: the client (an array of the ids is its own), the producer for HTTP, the worker for plain jobs.',
      'Duplicates are always found; the aims for a way without the search, 300,000 ids a second and 15 times peer (b), are held against the same run.',
    ],
  };
}

function costOfOne(measured: Measured): string[] {
  const { commands, requests, way } = measured;
  const scripts = commands.filter(({ command }) => /^(evalsha|eval|fcall)$/.test(command));
  const outside = commands.filter(({ command }) => !/^(evalsha|eval|fcall)$/.test(command));
  const most = [...scripts, ...outside].filter(({ calls }) => calls >= requests / 2).slice(0, 12);
  return [
    titles[way],
    whole(restOf(measured)),
    callsOf(measured).toFixed(1),
    whole((measured.redisCpuSeconds / requests) * 1e6),
    most.map(({ command, calls }) => `${command} ${(calls / requests).toFixed(1)}`).join(', '),
  ];
}

function figures(runs: readonly Run[]): Figure[] {
  const runOf = (way: Way): Run => {
    const run = runs.find((one) => one.way === way);
    if (run === undefined) throw new Error(`no run of ${way}`);
    return run;
  };
  const largeOf = (way: Way): Watched => runOf(way).large;
  const [array, iterable, http, peer] = [largeOf('array'), largeOf('iterable'), largeOf('http'), largeOf('job-per-id')];
  const streams = [largeOf('http-csv'), largeOf('http-ndjson')];
  const ours = [array, iterable, http, ...streams, largeOf('raw')];
  const [single] = runOf('array').small;
  const longest = Math.max(...ours.map(({ longestMs }) => longestMs));
  const held = Math.max(...ours.flatMap(({ stalls }) => Object.values(stalls)), 0);
  const atRest = Math.max(...[array, iterable, http, ...streams].map(restOf));
  const receiving = Math.max(...[array, iterable, http, ...streams].map(peakOf));
  const time = (name: string, value: number, unit: string, most: number): Figure => {
    const target = { words: `at most ${most}`, met: value <= most };
    return { name, value, unit, isRatio: false, better: 'lower', target };
  };
  const speed = (name: string, one: Measured, least: number): Figure => {
    const target = { words: `at least ${whole(least)}`, met: rateOf(one) >= least };
    return { name, value: Math.round(rateOf(one)), unit: 'ids/s', isRatio: false, better: 'higher', target };
  };
  const times = rateOf(array) / rateOf(peer);
  const share = atRest / restOf(peer);
  return [
    speed('library, array, duplicates found', array, 300_000),
    speed('library, async iterable, duplicates found', iterable, 120_000),
    {
      name: 'library, array, duplicates found, beside peer (b)',
      value: times,
      unit: 'times',
      // From 24 to 46 times from run to run: too unsteady to fail one.
      isRatio: false,
      better: 'higher',
      target: { words: 'at least 15', met: times >= 15 },
    },
    {
      name: 'processor time an id of peer (b), beside the library with an array',
      value: cpuOf(peer) / cpuOf(array),
      unit: 'times',
      isRatio: false,
      better: 'higher',
    },
    time('Redis bytes an id at rest', atRest, 'bytes', 25),
    time('Redis bytes an id while receiving', receiving, 'bytes', 60),
    {
      name: 'Redis bytes an id at rest, beside peer (b)',
      value: share,
      unit: '',
      isRatio: true,
      better: 'lower',
      target: { words: 'at most 0.1', met: share <= 0.1 },
    },
    time('peak memory, library, async iterable', processOf(iterable), 'MB', 150),
    time('peak memory, library, array and all', processOf(array), 'MB', 150),
    time('peak memory, producer', processOf(http), 'MB', 150),
    time('peak memory, producer, of a stream', Math.max(...streams.map(processOf)), 'MB', 200),
    time('the large request as a stream, from its first byte on', Math.max(...streams.map(secondsOf)), 's', 15),
    time('longest ping while a large request is taken in', longest, 'ms', 20),
    time('longest that Redis itself was held', held, 'ms', 20),
    ...(single === undefined
      ? []
      : [
          { name: 'a request of one id', value: Math.round(restOf(single)), unit: 'bytes' },
          { name: 'a request of one id', value: callsOf(single), unit: 'Redis commands' },
        ].map((figure): Figure => ({ ...figure, isRatio: false, better: 'lower' }))),
  ];
}
