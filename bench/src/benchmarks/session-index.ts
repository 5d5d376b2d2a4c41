import { type Benchmark, type BenchmarkContext, count, listParameter, parameter, type Result } from '../benchmark.ts';
import { measure } from '../session-index/measure.ts';
import { type Pair, report } from '../session-index/report.ts';

const sizesOf = {
  quick: [1_000, 100_000],
  default: [1_000, 100_000, 1_000_000],
  full: [1_000, 100_000, 1_000_000, 5_000_000],
} as const;

export const sessionIndex: Benchmark = {
  name: 'session-index',
  shows: 'what the index of sessions costs Redis an id, taken in, sent and looked up, beside the same without it',
  async run(context: BenchmarkContext): Promise<Result> {
    const sizes = listParameter(context, 'ids', sizesOf[context.size], count);
    const lookups = parameter(context, 'lookups', 1_000);
    const batches = parameter(context, 'batches', 400);
    const pairs: Pair[] = [];
    for (const ids of sizes) {
      const without = await measure({ ids, indexed: false, batches, lookups });
      const pair = { ids, without, with: await measure({ ids, indexed: true, batches, lookups }) };
      pairs.push(pair);
      context.say(`${ids.toLocaleString('en')} ids: ${pair.with.bytes.toFixed(1)} bytes each`);
    }
    return report(pairs, { sizes, lookups, batches });
  },
};
