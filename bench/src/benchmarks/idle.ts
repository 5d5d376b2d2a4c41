import { type Benchmark, type BenchmarkContext, type Figure, parameter, type Result } from '../benchmark.ts';
import { listed, total } from '../idle/command-census.ts';
import { type IdleTime, measureIdle } from '../idle/measure-idle.ts';

/** Multiples of 15: that long BullMQ's workers block, and each of them comes by as often as any other in the time. */
const secondsOf = { quick: 30, default: 60, full: 180 } as const;
const consumersOf = { quick: [1, 10, 100], default: [1, 10, 100], full: [1, 10, 100, 500] } as const;
/** What a replica may send when it has nothing to do, whatever the number of consumers. */
const mostCommandsPerSecond = 5;

export const idle: Benchmark = {
  name: 'idle',
  shows: 'what a worker costs that has nothing to do, by the number of its consumers',
  async run(context: BenchmarkContext): Promise<Result> {
    const seconds = parameter(context, 'seconds', secondsOf[context.size]);
    const consumers = consumersOf[context.size];
    context.say(
      `one worker on a Redis of its own for each of ${consumers.join(', ')} consumers, watched for ${seconds} s`,
    );
    const times = await Promise.all(consumers.map((count) => measureIdle(count, seconds)));
    return {
      benchmark: 'idle',
      parameters: { seconds, consumers },
      tables: [costs(times), commands(times)],
      figures: figuresOf(times),
      notes: ['Each consumer has had one request before; counted with INFO stats, less its own; named with MONITOR.'],
    };
  },
};

function costs(times: readonly IdleTime[]) {
  return {
    title: 'An idle worker',
    head: ['consumers', 'Redis commands a second', 'of them sent by the worker', 'CPU, % of one core'],
    rows: times.map((time) => [
      time.consumers,
      time.commandsPerSecond.toFixed(2),
      (total(time.census.sent) / time.seconds).toFixed(2),
      (time.cpuShare * 100).toFixed(2),
    ]),
  };
}

function commands(times: readonly IdleTime[]) {
  return {
    title: 'Which commands, over the whole time',
    head: ['consumers', 'sent by the worker', 'run inside its scripts'],
    rows: times.map(({ consumers, census }) => [consumers, listed(census.sent), listed(census.inScripts)]),
  };
}

function figuresOf(times: readonly IdleTime[]): Figure[] {
  const rate = (count: number) => times.find(({ consumers }) => consumers === count)?.commandsPerSecond ?? Number.NaN;
  const [fewest] = times;
  const hundred = times.find(({ consumers }) => consumers === 100);
  const cpu = hundred?.cpuShare ?? Number.NaN;
  const sent = hundred === undefined ? Number.NaN : total(hundred.census.sent) / hundred.seconds;
  return [
    {
      name: 'Redis commands a second with 100 consumers',
      value: rate(100),
      unit: 'a second',
      isRatio: false,
      better: 'lower',
      target: { words: `under ${mostCommandsPerSecond}`, met: rate(100) < mostCommandsPerSecond },
    },
    {
      name: 'of them sent by the worker, the rest run inside its scripts',
      value: sent,
      unit: 'a second',
      isRatio: false,
      better: 'lower',
    },
    {
      name: 'Redis commands with 100 consumers, of those with one',
      value: rate(100) / (fewest?.commandsPerSecond ?? Number.NaN),
      unit: 'times',
      // A handful of rounds at random distances: one more or less in the time is a fifth.
      isRatio: false,
      better: 'lower',
    },
    { name: 'CPU with 100 consumers', value: cpu * 100, unit: '% of one core', isRatio: false, better: 'lower' },
  ];
}
