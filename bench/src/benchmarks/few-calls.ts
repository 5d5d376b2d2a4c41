import { type Benchmark, type BenchmarkContext, type Figure, parameter, type Result } from '../benchmark.ts';
import { type Arrived, letArrive } from '../few-calls/arrival.ts';
import { optimum } from '../few-calls/optimum.ts';
import { parseDelay } from '../lab/delay.ts';
import { Lab } from '../lab/lab.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';

const quota = { ...learnosityQuotas.deletion, itemsPerCall };
const spansOf = { quick: [0, 10], default: [0, 10, 60], full: [0, 10, 60, 180] } as const;
const mostOverOptimum = 1.2;

interface Outcome extends Arrived {
  seconds: number;
  requests: number;
  optimum: number;
}

export const fewCalls: Benchmark = {
  name: 'few-calls',
  shows: 'how few calls many small requests need, beside the fewest possible and one call each',
  async run(context: BenchmarkContext): Promise<Result> {
    const requests = parameter(context, 'requests', 1_000);
    const replicas = parameter(context, 'replicas', 2);
    const latency = context.parameters.get('latency') ?? '20-320';
    const spans = spansOf[context.size];
    const consumers = spans.map((seconds) => ({ name: `over-${seconds}-s` }));
    const lab = await Lab.start({ consumers, delay: parseDelay(latency), lean: true });
    try {
      await lab.startWorkers(replicas);
      context.say(`${requests} requests of one id over ${spans.join(', ')} s, a consumer each, ${replicas} replicas`);
      const outcomes = await Promise.all(
        spans.map(async (seconds, tag): Promise<Outcome> => {
          const arrived = await letArrive(lab, { consumer: `over-${seconds}-s`, seconds, requests }, tag);
          return { ...arrived, seconds, requests, optimum: optimum(arrived.at, quota) };
        }),
      );
      return resultOf(outcomes, { requests, spans, replicas, latency });
    } finally {
      await lab.stop();
    }
  },
};

const arrivalOf = ({ seconds }: Outcome) => (seconds === 0 ? 'at once' : `over ${seconds} s`);

function resultOf(outcomes: readonly Outcome[], parameters: Result['parameters']): Result {
  const table = {
    title: 'Calls for requests of one id',
    head: ['arriving', 'it took, s', 'calls made', 'fewest possible', 'made / fewest', 'one call each', 'answered 429'],
    rows: outcomes.map((one) => [
      arrivalOf(one),
      (((one.at.at(-1) ?? 0) - (one.at[0] ?? 0)) / 1_000).toFixed(1),
      one.calls,
      one.optimum,
      (one.calls / one.optimum).toFixed(2),
      one.requests,
      one.refused429,
    ]),
  };
  const figures = outcomes.flatMap((one): Figure[] => {
    const ratio = one.calls / one.optimum;
    return [
      {
        name: `calls over the fewest possible, ${arrivalOf(one)}`,
        value: ratio,
        unit: 'times',
        isRatio: true,
        better: 'lower',
        target: { words: `at most ${mostOverOptimum}`, met: ratio <= mostOverOptimum },
      },
      {
        name: `fewer calls than one each, ${arrivalOf(one)}`,
        value: one.requests / one.calls,
        unit: 'times',
        isRatio: true,
        better: 'higher',
      },
    ];
  });
  const notes = [
    'The fewest possible is simulated from the real arrival times under the rule that a lone item is never delayed, without network.',
    'Under 1: a slot is free a window after the response, not after the call, so that more items meet in a call.',
  ];
  return { benchmark: 'few-calls', parameters, tables: [table], figures, notes };
}
