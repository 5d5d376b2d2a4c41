import { checkRedis, type Kind, type RedisConnection, type RedisHealth } from '@session-queue/core';
import {
  Announcements,
  BusyConsumers,
  consumerKeys,
  type EvidenceWait,
  type HandStop,
  KindSwitch,
  type LaneFigures,
  RuleStore,
  readEvidenceWait,
  readLaneFigures,
  readVerificationFigures,
  readWorkers,
  redisNow,
  type SeenWorker,
  type VerificationFigures,
} from '@session-queue/core/engine';
import { inChunks } from '../overview/in-chunks.ts';
import type { Queues } from '../queues.ts';

/** How lanes, workers, queues and Redis stand, read at one time. */
export interface QueueReading {
  /** Ms of Redis's clock. */
  readAt: number;
  lanes: LaneFigures[];
  verifications: VerificationFigures[];
  evidence: EvidenceWait[];
  workers: SeenWorker[];
  /** Consumers that a worker which is alive has the credentials of. */
  served: ReadonlySet<string>;
  stops: Record<Kind, HandStop | undefined>;
  jobs: { queue: string; state: string; jobs: number }[];
  paused: { queue: string; isPaused: boolean }[];
  redis: RedisHealth;
  /** Retention rules that are enabled, and for how long the one that is overdue the most has been, in ms. */
  rules: { enabled: number; mostOverdueMs: number };
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
  const verifications = await inChunks(names, atOnce, (name) => readVerificationFigures(redis, prefix, name));
  const evidence = await inChunks(names, atOnce, (name) => readEvidenceWait(consumerKeys(redis, prefix, name)));
  const readAt = await redisNow(redis);
  const [workers, living, deletion, resubmission, jobs, paused, health, rules] = await Promise.all([
    readWorkers(redis, prefix),
    new Announcements(redis, prefix).living(readAt),
    kindSwitch.read('deletion'),
    kindSwitch.read('resubmission'),
    readJobs(queues),
    readPaused(queues),
    checkRedis(redis),
    new RuleStore(redis, prefix).list(),
  ]);
  const lanes = both.flatMap((of) => [of.deletion, of.resubmission]);
  const served = new Set([...living.values()].flat());
  const dues = rules.flatMap(({ due }) => due ?? []);
  const overdue = { enabled: dues.length, mostOverdueMs: Math.max(0, ...dues.map((due) => readAt - due)) };
  const stops = { deletion, resubmission };
  const figures = { lanes, verifications, evidence, workers, served, stops, jobs, paused };
  return { readAt, ...figures, redis: health, rules: overdue };
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

async function readPaused(queues: Queues): Promise<QueueReading['paused']> {
  return await Promise.all(queues.all.map(async (queue) => ({ queue: queue.name, isPaused: await queue.isPaused() })));
}
