import type { Kind } from '@session-queue/core';
import type { Figure, Result, Table } from '../benchmark.ts';
import type { BarChart } from '../charts/chart.ts';
import { delayTitle } from '../lab/delay.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { provableBound } from '../measures/quota-share.ts';
import type { Finish, RaceResult } from './race.ts';

const leastOfBound = 0.99;
/** The replicas that the aim speaks of. */
const aimedReplicas = 4;

const boundOf = ({ kind, use }: RaceResult): number => provableBound(learnosityQuotas[kind], use.roundTripMs);
const best = (all: readonly Finish[]): number => Math.max(...all.map(({ share }) => share));
/** A race that is over within a window or two shows no rate. */
const shown = (rate: number, digits: number): string => (Number.isNaN(rate) ? 'too short' : rate.toFixed(digits));

export function report(races: readonly RaceResult[], parameters: Result['parameters']): Result {
  const kinds = [...new Set(races.map(({ kind }) => kind))];
  return {
    benchmark: 'quota-used',
    parameters,
    tables: kinds.map((one) =>
      tableOf(
        one,
        races.filter(({ kind }) => kind === one),
      ),
    ),
    figures: races.flatMap(figuresOf),
    charts: races.filter(isForReadme).slice(0, 1).map(chartOf),
    notes: [
      'The share is the slope of the accepted calls over time. bound: window / (window + mean round trip of our calls in this run).',
      'Of the bound: by the time that each of our calls left after it could be proven to be safe.',
      'All run at the same time on one Redis and one stand-in; the latency on the way is half before and half after a call is counted.',
    ],
  };
}

/** Where all races have the same latency and replicas, the title says so, else columns do. */
function tableOf(kind: Kind, races: readonly RaceResult[]): Table {
  const { calls, windowMs } = learnosityQuotas[kind];
  const allowed = (calls * itemsPerCall * 1_000) / windowMs;
  const [only] = races;
  const isMatrix = races.length > 1 || only === undefined;
  const columns = ['', 'share of the quota', `items a second, of ${allowed}`, 'answered 429', 'most calls in any 5 s'];
  const rows = races.flatMap((race) => {
    const place = [delayTitle(race.delay), race.replicas, boundOf(race).toFixed(3)];
    return [race.own, ...race.others].map((one, i) => [
      ...(isMatrix ? (i === 0 ? place : ['', '', '']) : []),
      one.title,
      shown(one.share, 3),
      shown(one.itemsPerSecond, 1),
      one.refused429,
      one.mostInWindow,
    ]);
  });
  if (isMatrix) return { title: `Quota used, ${kind}`, head: ['latency', 'replicas', 'bound', ...columns], rows };
  const bound = boundOf(only).toFixed(3);
  return { title: `Quota used, ${placeOf(only)} each (bound ${bound})`, head: columns, rows };
}

const placeOf = ({ kind, delay, replicas }: RaceResult): string =>
  `${kind}, ${delayTitle(delay)}, ${replicas} replica${replicas === 1 ? '' : 's'}`;

function figuresOf(race: RaceResult): Figure[] {
  const { own, others, replicas, use } = race;
  const where = placeOf(race);
  const figures: Figure[] = [
    {
      name: `share of the provable bound (${where})`,
      value: use.ofBound,
      unit: '',
      isRatio: true,
      better: 'higher',
      ...(replicas === aimedReplicas && {
        target: { words: `at least ${leastOfBound}`, met: use.ofBound >= leastOfBound },
      }),
    },
    {
      name: `from a slot's being free to the call's leaving, mean (${where})`,
      value: use.lagMs,
      unit: 'ms',
      isRatio: false,
      better: 'lower',
    },
    {
      name: `answers 429 (${where})`,
      value: own.refused429,
      unit: 'calls',
      isRatio: false,
      better: 'lower',
      target: { words: '0', met: own.refused429 === 0 },
    },
  ];
  const ofBest = own.share / best(others);
  if (others.length === 0 || Number.isNaN(ofBest)) return figures;
  return [
    ...figures,
    {
      name: `quota used, of the best peer's (${where})`,
      value: ofBest,
      unit: 'times',
      isRatio: true,
      better: 'higher',
      target: { words: 'ahead of every peer', met: ofBest > 1 },
    },
  ];
}

/** The race of the default run, which a long run holds too. */
function isForReadme({ kind, delay, replicas, own, others }: RaceResult): boolean {
  const hasRates = [own, ...others].every(({ share }) => !Number.isNaN(share));
  return kind === 'deletion' && delay.text === '20-320' && replicas === aimedReplicas && hasRates;
}

function chartOf(race: RaceResult): BarChart {
  const { kind, own, others, delay, replicas } = race;
  const { calls, windowMs } = learnosityQuotas[kind];
  const allowed = (calls * itemsPerCall * 1_000) / windowMs;
  const bound = boundOf(race) * allowed;
  const bar = ({ title, itemsPerSecond, refused429 }: Finish) => {
    const refused = refused429 === 0 ? 'no 429' : `${refused429} answered 429`;
    return {
      label: title,
      value: itemsPerSecond,
      note: `${itemsPerSecond.toFixed(1)}, ${refused}`,
      isOurs: title === own.title,
    };
  };
  const ranked = others.toSorted((one, other) => other.itemsPerSecond - one.itemsPerSecond);
  return {
    form: 'bars',
    name: 'quota-used',
    title: `Sessions deleted a second, of the ${allowed} that the quota allows`,
    axis: `sessions a second; ${replicas} replicas, ${delayTitle(delay)}`,
    most: allowed,
    bars: [own, ...ranked].map(bar),
    limit: { label: `provable bound ${bound.toFixed(1)}`, value: bound },
  };
}
