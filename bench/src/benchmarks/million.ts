import { type Benchmark, type BenchmarkContext, parameter, type Result, type Size } from '../benchmark.ts';
import { Lab, pause } from '../lab/lab.ts';
import { report } from '../million/report.ts';
import { peakMemory } from '../taking-in/peak-memory.ts';
import { randomIds } from '../taking-in/random-ids.ts';
import { redisCpuSeconds } from '../taking-in/redis-facts.ts';

const itemsOf: Record<Size, number> = { quick: 100_000, default: 1_000_000, full: 1_000_000 };
/** 1,000 times the quota of a deletion, on both sides; the most that a worker's file may say for the polls. */
const quota = { calls: 5_000, windowMs: 5_000 };
const pollQuota = { calls: 100_000, windowMs: 5_000 };
const consumer = 'million';

export const million: Benchmark = {
  name: 'million',
  shows: 'one request of a million ids with the quota lifted 1,000-fold: what the engine itself can do',
  async run(context: BenchmarkContext): Promise<Result> {
    const items = parameter(context, 'items', itemsOf[context.size]);
    const replicas = parameter(context, 'replicas', 1);
    const minutes = parameter(context, 'minutes', 15);
    const fakeFlags = Object.entries({ deletion: quota, jobs: pollQuota }).map(
      ([name, { calls, windowMs }]) => `--quota=${name}=${calls}/${windowMs}`,
    );
    const consumers = [{ name: consumer, quotas: { deletion: quota, jobs: pollQuota } }];
    const lab = await Lab.start({ consumers, fakeFlags });
    try {
      await lab.startWorkers(replicas);
      const before = { redisCpu: await redisCpuSeconds(lab.redis), commands: await lab.commands() };
      const workerCpuBefore = lab.workers.map((worker) => worker.cpuSeconds());
      const startedAt = performance.now();
      const sessionIds = randomIds(items);
      const { id } = await lab.client.deleteSessions({ consumer, sessionIds });
      const acceptedAt = performance.now();
      context.say(`${items} ids accepted after ${((acceptedAt - startedAt) / 1_000).toFixed(1)} s`);
      const until = startedAt + minutes * 60_000;
      let view = await lab.client.getRequest(id);
      let nextSign = acceptedAt + 10_000;
      while (view?.state !== 'completed' && view?.state !== 'failed' && performance.now() < until) {
        await pause(100);
        view = await lab.client.getRequest(id);
        if (performance.now() < nextSign) continue;
        nextSign += 10_000;
        context.say(`${view?.counts.succeeded ?? 0} done`);
      }
      const endedAt = performance.now();
      return report({
        items,
        replicas,
        view,
        books: await lab.books(),
        consumer,
        quotaPerSecond: (quota.calls / quota.windowMs) * 1_000,
        acceptSeconds: (acceptedAt - startedAt) / 1_000,
        wallSeconds: (endedAt - startedAt) / 1_000,
        workerPeaks: lab.workers.map(({ pid }) => peakMemory(pid)),
        workerCpu: lab.workers.map((worker, i) => worker.cpuSeconds() - (workerCpuBefore[i] ?? 0)),
        fakeCpu: lab.fake.cpuSeconds(),
        redisPeak: peakMemory(lab.redisServer.pid),
        redisUsedPeak: Number(/used_memory_peak:(\d+)/.exec(await lab.redis.info('memory'))?.[1] ?? 0),
        redisCpu: (await redisCpuSeconds(lab.redis)) - before.redisCpu,
        commands: (await lab.commands()) - before.commands,
      });
    } finally {
      await lab.stop();
    }
  },
};
