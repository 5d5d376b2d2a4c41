import { readVerificationFigures } from '@session-queue/core/engine';
import { type Benchmark, type BenchmarkContext, parameter, type Result } from '../benchmark.ts';
import { enqueueRates, spendQuota } from '../beside/beside.ts';
import { parseDelay } from '../lab/delay.ts';
import { Lab } from '../lab/lab.ts';
import { besides, report } from '../verification/report.ts';
import { measureSettling } from '../verification/settling.ts';

const secondsOf = { quick: 20, default: 60, full: 120 } as const;
/** A short grace, so that what is deleted is asked for within the run. */
const grace = { afterSeconds: 5, forSeconds: 600 };

export const verification: Benchmark = {
  name: 'verification',
  shows:
    'what looking for sessions before and behind their deletion costs: quota of deletions, rate of taking in, Redis',
  async run(context: BenchmarkContext): Promise<Result> {
    const seconds = parameter(context, 'seconds', secondsOf[context.size]);
    const replicas = parameter(context, 'replicas', 2);
    const ids = parameter(context, 'ids', 100_000);
    const turns = parameter(context, 'turns', 10);
    const batches = parameter(context, 'batches', 400);
    const latency = context.parameters.get('latency') ?? '20-320';
    const settled = {
      unverified: await measureSettling(batches, false),
      verified: await measureSettling(batches, true),
    };
    const consumers = [
      { name: 'verified', verification: { deletions: 'always', ...grace } },
      { name: 'unverified', verification: { deletions: 'never' } },
    ];
    const lab = await Lab.start({ consumers, delay: parseDelay(latency) });
    try {
      await lab.startWorkers(replicas);
      context.say(`a deletion of two consumers for ${seconds} s, ${replicas} replicas`);
      const quota = await spendQuota(lab, besides, seconds);
      const { verified: count } = await readVerificationFigures(lab.redis, 'session-queue', 'verified');
      if (count === 0) throw new Error('nothing was verified: the run shows nothing');
      context.say(
        `${turns} requests of ${ids.toLocaleString('en')} ids of each, while others are looked for and verified`,
      );
      const enqueued = await enqueueRates(lab, besides, { ids, turns });
      return report({ quota, enqueued, settled, verified: count }, { seconds, replicas, ids, turns, batches, latency });
    } finally {
      await lab.stop();
    }
  },
};
