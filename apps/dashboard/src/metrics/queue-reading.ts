import { checkRedis, type Kind, type RedisConnection, type RedisHealth } from '@session-queue/core';
import {
  BusyConsumers,
  type HandStop,
  KindSwitch,
  type LaneFigures,
  readLaneFigures,
  readWorkers,
  type SeenWorker,
} from '@session-queue/core/engine';
import { inChunks } from '../overview/in-chunks.ts';
import type { Queues } from '../queues.ts';

/** How lanes, workers, queues and Redis stand, read at one time. */
export interface QueueReading {
  lanes: LaneFigures[];
  workers: SeenWorker[];
  stops: Record<Kind, HandStop | undefined>;
  jobs: { queue: string; state: string; jobs: number }[];
  redis: RedisHealth;
}

export interface QueueSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  consumers: () => Promise<string[]>;
}

const states = ['waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed'] as const;
/** Consumers that are read at once. */
const atOnce = 100;

/** Counts only, never a job's data. */
export async function readQueue({ redis, prefix, queues, consumers }: QueueSources): Promise<QueueReading> {
  const kindSwitch = new KindSwitch(redis, prefix);
  const [announced, busy] = await Promise.all([consumers(), new BusyConsumers(redis, prefix).list()]);
  const names = [...new Set([...announced, ...busy])].toSorted();
  const both = await inChunks(names, atOnce, (name) => readLaneFigures(redis, prefix, name));
  const [workers, deletion, resubmission, jobs, health] = await Promise.all([
    readWorkers(redis, prefix),
    kindSwitch.read('deletion'),
    kindSwitch.read('resubmission'),
    readJobs(queues),
    checkRedis(redis),
  ]);
  const lanes = both.flatMap((of) => [of.deletion, of.resubmission]);
  return { lanes, workers, stops: { deletion, resubmission }, jobs, redis: health };
}

async function readJobs(queues: Queues): Promise<QueueReading['jobs']> {
  const counted = await Promise.all(
    queues.all.map(async (queue) => {
      const counts = await queue.getJobCounts(...states);
      return Object.entries(counts).map(([state, jobs]) => ({ queue: queue.name, state, jobs }));
    }),
  );
  return counted.flat();
}
