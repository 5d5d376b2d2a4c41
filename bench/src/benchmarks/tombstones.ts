import { consumerKeys } from '@session-queue/core/engine';
import { type Benchmark, type BenchmarkContext, count, listParameter, parameter, type Result } from '../benchmark.ts';
import { enqueueRates, spendQuota } from '../beside/beside.ts';
import { parseDelay } from '../lab/delay.ts';
import { Lab } from '../lab/lab.ts';
import { type Measured, measure } from '../tombstones/measure.ts';
import { besides, report } from '../tombstones/report.ts';

const sizesOf = { quick: [10_000], default: [100_000], full: [100_000, 1_000_000] } as const;
const secondsOf = { quick: 20, default: 60, full: 120 } as const;
const key = 'a key of the benchmark that is long enough';

export const tombstones: Benchmark = {
  name: 'tombstones',
  shows:
    'what the memory of deleted sessions costs: quota of deletions, rate of taking in, Redis; how fast what was deleted flows by',
  async run(context: BenchmarkContext): Promise<Result> {
    const sizes = listParameter(context, 'ids', sizesOf[context.size], count);
    const again = parameter(context, 'again', 20_000);
    const seconds = parameter(context, 'seconds', secondsOf[context.size]);
    const taken = parameter(context, 'taken', 100_000);
    const turns = parameter(context, 'turns', 10);
    const latency = context.parameters.get('latency') ?? '20-320';
    const all: Measured[] = [];
    for (const ids of sizes) {
      const measured = await measure({ ids, again: Math.min(again, ids) });
      all.push(measured);
      context.say(`${ids.toLocaleString('en')} tombstones: ${measured.bytes.toFixed(1)} bytes each`);
    }
    const lab = await Lab.start({ consumers: besides.map((name) => ({ name })), delay: parseDelay(latency) });
    try {
      const [remembered, forgotten] = besides;
      await lab.startWorkers(1, { consumers: [remembered], settings: { TOMBSTONE_KEY: key } });
      await lab.startWorkers(1, { consumers: [forgotten] });
      context.say(`a deletion of two consumers for ${seconds} s, one of them remembered`);
      const quota = await spendQuota(lab, besides, seconds);
      const left = Number(
        await lab.redis.hget(`${consumerKeys(lab.redis, 'session-queue', remembered).base}tombstones`, 'entries'),
      );
      if (!(left > 0)) throw new Error('no tombstone was left: the run shows nothing');
      context.say(`${turns} requests of ${taken.toLocaleString('en')} ids of each, while others are deleted`);
      const enqueued = await enqueueRates(lab, besides, { ids: taken, turns });
      return report(all, { quota, enqueued }, { sizes, again, seconds, taken, turns, latency });
    } finally {
      await lab.stop();
    }
  },
};
