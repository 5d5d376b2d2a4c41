import { type Benchmark, type BenchmarkContext, type Figure, parameter, type Result } from '../benchmark.ts';
import type { LineChart } from '../charts/chart.ts';
import { type CrowdOutcome, quota, runCrowd } from '../growth/many-consumers.ts';
import { costByPending, type PendingCost, slopePerTenfold } from '../growth/pending-items.ts';
import { meanMs, parseDelay } from '../lab/delay.ts';
import { percentile } from '../measures/percentile.ts';
import { provableBound } from '../measures/quota-share.ts';

/** Those of a group run at the same time, each on a Redis of its own. */
const crowdsOf = {
  quick: [[1, 20]],
  default: [[1, 10], [100]],
  full: [[1, 10], [50], [100], [200], [500], [750], [1_000]],
} as const;
const windowsOf = { quick: 2, default: 4, full: 12 } as const;
const pendingOf = {
  quick: [1_000, 100_000],
  default: [1_000, 10_000, 100_000, 1_000_000],
  full: [1_000, 10_000, 100_000, 1_000_000],
} as const;
const pendingSecondsOf = { quick: 3, default: 8, full: 12 } as const;
const leastShare = 0.95;
/** So much of the cost of an item may come or go with ten times as many pending and still be called flat. */
const flatWithin = 0.05;
/** In less time a few hundred commands more or less tell. */
const steadySeconds = 8;

export const growth: Benchmark = {
  name: 'growth',
  shows: 'how use of the quota and cost change with the number of consumers, and with what is pending',
  async run(context: BenchmarkContext): Promise<Result> {
    const { size } = context;
    const replicas = parameter(context, 'replicas', 2);
    const windows = parameter(context, 'windows', windowsOf[size]);
    const seconds = parameter(context, 'seconds', pendingSecondsOf[size]);
    const latency = context.parameters.get('latency') ?? '5-20@server';
    const delay = parseDelay(latency);
    const only = parameter(context, 'consumers', 0);
    const groups: readonly (readonly number[])[] = only > 0 ? [[only]] : crowdsOf[size];
    const crowds: CrowdOutcome[] = [];
    const measurePending = () => {
      context.say(`one consumer with ${pendingOf[size].join(', ')} items pending, ${seconds} s each`);
      return costByPending(pendingOf[size], seconds);
    };
    // What must be quick is done side by side: numbers of commands do not mind, times do a little.
    const early = size === 'quick' && only === 0 ? measurePending() : undefined;
    for (const group of groups) {
      context.say(`${group.join(' and ')} consumers, a backlog of ${windows + 1} windows each, ${replicas} replicas`);
      const crowd = (consumers: number) => runCrowd({ consumers, replicas, windows, delay });
      crowds.push(...(await Promise.all(group.map(crowd))));
    }
    const costs = only > 0 ? [] : await (early ?? measurePending());
    const bound = provableBound(quota, meanMs(delay));
    const pending = costs.map((one) => one.pending);
    return resultOf(crowds, costs, bound, { consumers: groups.flat(), pending, replicas, windows, latency, seconds });
  },
};

function resultOf(
  crowds: readonly CrowdOutcome[],
  costs: readonly PendingCost[],
  bound: number,
  parameters: { replicas: number; seconds: number } & Result['parameters'],
): Result {
  const use = {
    title: `Share of the quota by the number of consumers (bound ${bound.toFixed(3)})`,
    head: [
      'consumers',
      'worst',
      'median',
      'answered 429',
      'cores in use',
      'event loop held up at most, ms',
      'in the median second, ms',
    ],
    rows: crowds.map(({ consumers, isFinished, shares, refused429, coresUsed, loopDelays }) => [
      isFinished ? consumers : `${consumers} (not all done)`,
      worst(shares).toFixed(3),
      percentile(shares, 0.5).toFixed(3),
      refused429,
      coresUsed.toFixed(2),
      percentile(loopDelays, 1).toFixed(0),
      percentile(loopDelays, 0.5).toFixed(0),
    ]),
  };
  const cost = {
    title: 'Cost of 1,000 items by the number of consumers',
    head: ['consumers', 'Redis commands', 'CPU of the workers, s', 'CPU of Redis, s', 'CPU of the stand-in, s'],
    rows: crowds.map(({ consumers, per1000Items }) => [
      consumers,
      per1000Items.commands.toFixed(0),
      per1000Items.workerCpu.toFixed(3),
      per1000Items.redisCpu.toFixed(3),
      per1000Items.standInCpu.toFixed(3),
    ]),
  };
  const pending = {
    title: 'Cost of an item by what is pending of its consumer',
    head: ['pending', 'items measured', 'Redis commands', 'CPU of the worker, us', 'CPU of Redis, us'],
    rows: costs.map((one) => [
      one.pending.toLocaleString('en'),
      one.items,
      one.perItem.commands.toFixed(2),
      (one.perItem.workerCpu * 1e6).toFixed(0),
      (one.perItem.redisCpu * 1e6).toFixed(0),
    ]),
  };
  return {
    benchmark: 'growth',
    parameters,
    tables: costs.length > 0 ? [use, cost, pending] : [use, cost],
    charts: crowds.length > 2 ? [chartOf(crowds, bound, parameters.replicas)] : [],
    figures: [...figuresOf(crowds, bound), ...(costs.length > 0 ? slopesOf(costs, parameters.seconds) : [])],
    notes: [
      'The delay of the event loop is what each worker says of itself at /healthz, read every second; its start is not in it.',
      'CPU of few consumers holds the start of two processes, about half a second.',
      '1,000 pending items are topped up by requests of 1,000, whose intake is in their cost.',
    ],
  };
}

const worst = (shares: readonly number[]) => shares[0] ?? Number.NaN;

function chartOf(crowds: readonly CrowdOutcome[], bound: number, replicas: number): LineChart {
  const line = (label: string, shareOf: (shares: readonly number[]) => number) => ({
    label,
    points: crowds.map(({ consumers, shares }): [number, number] => [consumers, shareOf(shares) * 100]),
  });
  return {
    form: 'lines',
    name: 'growth',
    title: 'Share of its quota that each consumer uses',
    xAxis: `consumers with a backlog each, all on the same ${replicas} replicas`,
    yAxis: '% of the quota',
    most: 100,
    lines: [line('the worst', worst), line('the median', (shares) => percentile(shares, 0.5))],
    limit: { label: `provable bound ${(bound * 100).toFixed(1)} %`, value: bound * 100 },
  };
}

function figuresOf(crowds: readonly CrowdOutcome[], bound: number): Figure[] {
  return crowds.flatMap(({ consumers, shares, per1000Items }): Figure[] => [
    {
      name: `share of the quota of the worst of ${consumers}`,
      value: worst(shares),
      unit: '',
      isRatio: true,
      better: 'higher',
      ...(consumers <= 100 && {
        target: { words: `at least ${leastShare}, bound ${bound.toFixed(3)}`, met: worst(shares) >= leastShare },
      }),
    },
    {
      name: `Redis commands for 1,000 items, ${consumers} consumers`,
      value: per1000Items.commands,
      unit: '',
      isRatio: true,
      better: 'lower',
    },
    {
      name: `CPU of the workers for 1,000 items, ${consumers} consumers`,
      value: per1000Items.workerCpu,
      unit: 's',
      isRatio: false,
      better: 'lower',
    },
  ]);
}

function slopesOf(costs: readonly PendingCost[], seconds: number): Figure[] {
  const kinds = [
    ['Redis commands', slopePerTenfold(costs, ({ commands }) => commands)],
    ['CPU of the worker', slopePerTenfold(costs, ({ workerCpu }) => workerCpu)],
    ['CPU of Redis', slopePerTenfold(costs, ({ redisCpu }) => redisCpu)],
  ] as const;
  return kinds.map(([name, slope]) => ({
    name: `${name} an item with ten times as many pending`,
    value: 1 + slope,
    unit: 'times',
    // Processor time of a few seconds is too unsteady to fail a run.
    isRatio: name === 'Redis commands' && seconds >= steadySeconds,
    better: 'lower',
    target: { words: `flat: at most ${1 + flatWithin}`, met: slope <= flatWithin },
  }));
}
