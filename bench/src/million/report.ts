import type { RequestView } from '@session-queue/core';
import type { Books } from '@session-queue/fake-learnosity';
import type { Figure, Result, Table } from '../benchmark.ts';

export interface Seen {
  items: number;
  replicas: number;
  view: RequestView | undefined;
  books: Books;
  consumer: string;
  quotaPerSecond: number;
  acceptSeconds: number;
  wallSeconds: number;
  /** Of each worker, bytes. */
  workerPeaks: readonly number[];
  /** Seconds of processor time, of each worker, of the stand-in and of Redis. */
  workerCpu: readonly number[];
  fakeCpu: number;
  redisCpu: number;
  /** Of its process, and as Redis counts it; bytes. */
  redisPeak: number;
  redisUsedPeak: number;
  commands: number;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const maxItemsPerCall = 50;

/** What the books and the processes say of one large request. */
export function report(seen: Seen): Result {
  const { items, view, books, consumer, wallSeconds, acceptSeconds } = seen;
  const { counted = 0, refused429 = 0, firstArrival, lastArrival } = books.consumers[consumer]?.deletion ?? {};
  const sendSeconds = ((lastArrival ?? 0) - (firstArrival ?? 0)) / 1_000;
  const batches = Math.ceil(items / maxItemsPerCall);
  const lost = items - (books.sessions.distinct ?? 0);
  const cpu = sum(seen.workerCpu) + seen.redisCpu;
  const speed: Table = {
    title: `${whole(items)} ids, ${seen.replicas} worker(s), quota of ${whole(seen.quotaPerSecond)} calls a second`,
    head: ['', 'seconds', 'ids a second', 'calls a second'],
    rows: [
      ['accepting', acceptSeconds.toFixed(1), whole(items / acceptSeconds), ''],
      ['first to last call', sendSeconds.toFixed(1), whole(items / sendSeconds), whole(counted / sendSeconds)],
      ['all of it, to the last job', wallSeconds.toFixed(1), whole(items / wallSeconds), whole(counted / wallSeconds)],
    ],
  };
  const cost: Table = {
    title: 'What it costs',
    head: ['', 'peak MB', 'CPU s', 'CPU ms a batch'],
    rows: [
      ['worker', ...use(Math.max(...seen.workerPeaks), sum(seen.workerCpu), batches)],
      ['Redis', ...use(seen.redisPeak, seen.redisCpu, batches)],
      ['Redis, as it counts itself', megabytes(seen.redisUsedPeak), '', ''],
      ['the stand-in', '', seen.fakeCpu.toFixed(1), ((seen.fakeCpu / batches) * 1_000).toFixed(2)],
    ],
  };
  const kept: Table = {
    title: 'By the books of the stand-in',
    head: [
      'named',
      'distinct',
      'in more than one call',
      'deleted',
      'calls',
      'fewest possible',
      'answered 429',
      'state',
    ],
    rows: [
      [
        books.sessions.named,
        books.sessions.distinct ?? 'not kept',
        books.sessions.repeated ?? 'not kept',
        books.sessions.deleted,
        counted,
        batches,
        refused429,
        view?.state ?? 'gone',
      ].map((cell) => (typeof cell === 'number' ? whole(cell) : cell)),
    ],
  };
  const none = (name: string, value: number): Figure => {
    return { name, value, unit: '', isRatio: false, better: 'lower', target: { words: '0', met: value === 0 } };
  };
  const figures: Figure[] = [
    none('ids lost', lost),
    none('ids sent more than once', books.sessions.repeated ?? 0),
    none('ids not settled as succeeded', items - (view?.counts.succeeded ?? 0)),
    none('answers 429', refused429),
    figure('wall time', wallSeconds, 's', false),
    figure('peak memory of the worker', Math.round(Math.max(...seen.workerPeaks) / 1024 / 1024), 'MB', false),
    figure('peak memory of Redis', Math.round(seen.redisPeak / 1024 / 1024), 'MB', false),
    figure('Redis commands a batch', seen.commands / batches, '', false),
    figure('CPU of worker and Redis a batch', (cpu / batches) * 1_000, 'ms', false),
    figure('calls, of the fewest possible', counted / batches, '', true),
    {
      name: 'share of the lifted quota',
      value: counted / sendSeconds / seen.quotaPerSecond,
      unit: '',
      // The speed of the machine.
      isRatio: false,
      better: 'higher',
    },
  ];
  const notes =
    view?.state === 'completed' ? [] : [`it did not come to its end: ${view?.counts.succeeded ?? 0} of ${items} done`];
  const parameters = { items, replicas: seen.replicas };
  return { benchmark: 'million', parameters, tables: [speed, cost, kept], figures, notes };
}

function use(bytes: number, seconds: number, batches: number): string[] {
  return [megabytes(bytes), seconds.toFixed(1), ((seconds / batches) * 1_000).toFixed(2)];
}

function figure(name: string, value: number, unit: string, isRatio: boolean): Figure {
  return { name, value, unit, isRatio, better: 'lower' };
}
