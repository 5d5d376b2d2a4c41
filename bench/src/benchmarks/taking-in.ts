import { type Benchmark, type BenchmarkContext, parameter, type Result, type Size } from '../benchmark.ts';
import { Lab } from '../lab/lab.ts';
import { isHttp, type LoadSize, type Way } from '../taking-in/client-report.ts';
import { measureAll, measureWatched } from '../taking-in/measure.ts';
import { peakMemory } from '../taking-in/peak-memory.ts';
import { startProducer } from '../taking-in/producer.ts';
import { type Run, report } from '../taking-in/report.ts';

/** Requests of 1, 50 and 5,000 ids, and the ids of one large request: ours, and as many as the peer's time allows. */
const amounts: Record<Size, { few: readonly [number, number, number]; large: number; peer: number }> = {
  quick: { few: [500, 200, 10], large: 300_000, peer: 30_000 },
  default: { few: [2_000, 1_000, 40], large: 1_000_000, peer: 250_000 },
  full: { few: [20_000, 10_000, 200], large: 1_000_000, peer: 1_000_000 },
};
const sizes = [1, 50, 5_000] as const;
const consumer = 'taking-in';

export const takingIn: Benchmark = {
  name: 'taking-in',
  shows: 'how fast session ids are taken in by each way, and what they cost in memory, beside a BullMQ job per id',
  async run(context: BenchmarkContext): Promise<Result> {
    const { few, large: ofLarge, peer: ofPeer } = amounts[context.size];
    const large = parameter(context, 'large', ofLarge);
    const peer = Math.min(large, parameter(context, 'peer', ofPeer));
    const small = sizes.map((size, i) => ({ size, requests: few[i] ?? 1 }));
    const loadOf: Record<Way, LoadSize> = {
      array: { size: large, requests: 1 },
      iterable: { size: large, requests: 1 },
      http: { size: large, requests: 1 },
      'http-csv': { size: large, requests: 1 },
      'http-ndjson': { size: large, requests: 1 },
      raw: { size: 5_000, requests: Math.ceil(large / 5_000) },
      'job-per-id': { size: peer, requests: 1 },
    };
    const lab = await Lab.start({ consumers: [{ name: consumer }] });
    try {
      const runs: Run[] = [];
      const run = async (way: Way) => {
        const producer = isHttp(way) ? await startProducer(lab.redisServer.url) : undefined;
        const measured = await measureAll(lab, { way, consumer, producer: producer?.url }, small);
        await producer?.process.stop('SIGKILL');
        const watched = await measureWatched(lab, way, consumer, loadOf[way]);
        context.say(
          `${[...measured, watched].map((one) => Math.round(one.ids / one.seconds)).join(', ')} ids/s: ${way}`,
        );
        runs.push({ way, small: measured, large: watched });
      };
      for (const way of ['array', 'iterable', 'http', 'http-csv', 'http-ndjson', 'job-per-id'] as const) {
        await run(way);
        await lab.redisServer.restart({ keepData: false });
      }
      // What a worker takes in stays pending: nothing is sent while the kind is stopped.
      await lab.client.stopKind('deletion', 'the benchmark only takes in');
      await lab.startWorkers(1);
      await run('raw');
      const workerPeak = Math.max(...lab.workers.map(({ pid }) => peakMemory(pid)));
      return report(runs, { large, peer, workerPeak });
    } finally {
      await lab.stop();
    }
  },
};
