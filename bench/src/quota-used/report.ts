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
const hasRate = ({ share }: Finish): boolean => !Number.isNaN(share);
const withoutRate = ({ others }: RaceResult): string[] =>
  others.filter((one) => !hasRate(one)).map(({ title }) => title);
/** With a space at which no label is broken. */
const processesText = (processes: number): string => `${processes}\u00a0process${processes === 1 ? '' : 'es'}`;
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
      'Of the provable bound: by the time that each of our calls left after it could be proven to be safe. The verdict is by that and not by the share of the quota / bound, which holds the luck of the few round trips of a short run.',
      'All run at the same time on one Redis and one stand-in; the latency on the way is half before and half after a call is counted.',
      ...(races.some((race) => race.peers.includes('limiter-with-margin')) ? [onMargin] : []),
      ...races.flatMap(onPeersWithoutRate),
    ],
  };
}

const onMargin =
  "One process that knows its network's jitter can come this near with a margin, or past the bound, which is that of a caller who does not know it. What Session Queue adds: no 429 without knowing it, and any number of replicas.";

function onPeersWithoutRate(race: RaceResult): string[] {
  return withoutRate(race).map(
    (title) => `${placeOf(race)}: too few calls of '${title}' for a rate; not judged beside it.`,
  );
}

/** Of one race the title says where it ran, of more the first columns do. */
function tableOf(kind: Kind, races: readonly RaceResult[]): Table {
  const { calls, windowMs } = learnosityQuotas[kind];
  const allowed = (calls * itemsPerCall * 1_000) / windowMs;
  const [only] = races;
  const isMatrix = races.length > 1 || only === undefined;
  const columns = [
    '',
    'processes',
    'share of the quota',
    `items a second, of ${allowed}`,
    'answered 429',
    'most calls in any 5 s',
  ];
  const rows = races.flatMap((race) => {
    const place = [delayTitle(race.delay), boundOf(race).toFixed(3)];
    return [race.own, ...race.others].map((one, i) => [
      ...(isMatrix ? (i === 0 ? place : ['', '']) : []),
      one.title,
      one.processes,
      shown(one.share, 3),
      shown(one.itemsPerSecond, 1),
      one.refused429,
      one.mostInWindow,
    ]);
  });
  if (isMatrix) return { title: `Quota used, ${kind}`, head: ['latency', 'bound', ...columns], rows };
  const bound = boundOf(only).toFixed(3);
  return { title: `Quota used, ${kind}, ${delayTitle(only.delay)} (bound ${bound})`, head: columns, rows };
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
      name: `share of the quota / bound (${where})`,
      value: own.share / boundOf(race),
      unit: '',
      isRatio: false,
      better: 'higher',
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
  const judged = others.filter(hasRate);
  if (judged.length === 0 || !hasRate(own)) return figures;
  const ofBest = own.share / Math.max(...judged.map(({ share }) => share));
  const unjudged = withoutRate(race)
    .map((title) => `'${title}'`)
    .join(' and ');
  const words = `ahead of every peer${unjudged && ` but ${unjudged}`}`;
  return [
    ...figures,
    {
      name: `quota used, of the best peer's (${where})`,
      value: ofBest,
      unit: 'times',
      isRatio: true,
      better: 'higher',
      target: { words, met: ofBest > 1 },
    },
  ];
}

/** The race of the default run, which a long run holds too. */
function isForReadme({ kind, delay, replicas, own }: RaceResult): boolean {
  return kind === 'deletion' && delay.text === '20-320' && replicas === aimedReplicas && hasRate(own);
}

function chartOf(race: RaceResult): BarChart {
  const { kind, own, others, delay } = race;
  const { calls, windowMs } = learnosityQuotas[kind];
  const allowed = (calls * itemsPerCall * 1_000) / windowMs;
  const bound = boundOf(race) * allowed;
  /** Nothing where there is no rate. */
  const lengthOf = (one: Finish) => (hasRate(one) ? one.itemsPerSecond : 0);
  const bar = (one: Finish) => {
    const { title, processes, itemsPerSecond, refused429 } = one;
    const refused = refused429 === 0 ? 'no 429' : `${refused429} answered 429`;
    return {
      label: `${title}, ${processesText(processes)}`,
      value: lengthOf(one),
      note: `${shown(itemsPerSecond, 1)}, ${refused}`,
      isOurs: title === own.title,
    };
  };
  const ranked = others.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  return {
    form: 'bars',
    name: 'quota-used',
    title: `Sessions deleted a second, of the ${allowed} that the quota allows`,
    axis: `sessions a second; ${delayTitle(delay)}`,
    most: allowed,
    bars: [own, ...ranked].map(bar),
    limit: { label: `provable bound ${bound.toFixed(1)}`, value: bound },
  };
}
