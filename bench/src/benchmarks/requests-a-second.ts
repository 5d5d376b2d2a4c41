import { fileURLToPath } from 'node:url';
import { Announcements } from '@session-queue/core/engine';
import { startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { type Benchmark, type BenchmarkContext, parameter, type Result, type Size } from '../benchmark.ts';
import { NodeProcess } from '../lab/node-process.ts';
import { type Measured, post } from '../requests-a-second/load.ts';
import { type Pair, report } from '../requests-a-second/report.ts';
import { startProducer } from '../taking-in/producer.ts';

const amounts: Record<Size, { seconds: number; rounds: number }> = {
  quick: { seconds: 3, rounds: 3 },
  default: { seconds: 8, rounds: 3 },
  full: { seconds: 20, rounds: 5 },
};
const sizes = [1, 50] as const;
const warmUpSeconds = 2;
const script = fileURLToPath(new URL('../requests-a-second/bare-express.js', import.meta.url));

export const requestsASecond: Benchmark = {
  name: 'requests-a-second',
  shows: 'how many POST /v1/deletions a second one producer answers, beside a bare Express handler with one queue.add',
  async run(context: BenchmarkContext): Promise<Result> {
    const seconds = parameter(context, 'seconds', amounts[context.size].seconds);
    const rounds = parameter(context, 'rounds', amounts[context.size].rounds);
    const connections = parameter(context, 'connections', 20);
    const redis = await startRedis();
    await announce(redis.url);
    const producer = await startProducer(redis.url);
    const bare = await startBare(redis.url);
    try {
      const pairs: Pair[] = [];
      for (const idsPerRequest of sizes) {
        const load = { connections, seconds, idsPerRequest };
        for (const server of [producer, bare]) await post(server, { ...load, seconds: warmUpSeconds });
        const taken: { ours: Measured[]; bare: Measured[] } = { ours: [], bare: [] };
        for (let round = 0; round < rounds; round += 1) {
          taken.ours.push(await post(producer, load));
          taken.bare.push(await post(bare, load));
        }
        pairs.push({ idsPerRequest, ...taken });
        const shown = (all: Measured[]) => all.map((one) => Math.round(one.requestsPerSecond)).join(', ');
        context.say(`${idsPerRequest} ids: ours ${shown(taken.ours)}; bare ${shown(taken.bare)} requests/s`);
      }
      return report(pairs, { seconds, rounds, connections });
    } finally {
      await bare.process.stop('SIGKILL');
      await producer.process.stop('SIGKILL');
      await redis.stop();
    }
  },
};

/** As a worker does: a producer that knows no consumer asks Redis for them each time. */
async function announce(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  await new Announcements(redis, 'session-queue').announce('a worker', [{ name: 'default', identity: 'one' }]);
  redis.disconnect();
}

async function startBare(redisUrl: string): Promise<{ process: NodeProcess; url: string }> {
  const process = new NodeProcess('the bare handler', script, [`--redis=${redisUrl}`]);
  const { port } = z.object({ port: z.number() }).parse(JSON.parse(await process.says('"listening"')));
  return { process, url: `http://127.0.0.1:${port}` };
}
