import { z } from 'zod';
import { redisNow } from '../redis/redis-now.ts';
import type { RedisConnection } from '../redis/script.ts';

/** What a worker says of itself with every announcement. */
export interface WorkerSign {
  /** Host name of the machine or container. */
  host: string;
  pid: number;
  /** Of Session Queue, and of Node.js. */
  version: string;
  node: string;
  /** ISO 8601. */
  startedAt: string;
}

/** A worker that was heard of within the last hour; one that was stopped takes its leave and is not among them. */
export interface SeenWorker extends WorkerSign {
  id: string;
  /** Ms of Redis's clock. */
  seenAt: number;
  /** Its announcement stands; else it has died, or sleeps. */
  isAlive: boolean;
}

const signSchema = z.object({
  host: z.string(),
  pid: z.number(),
  version: z.string(),
  node: z.string(),
  startedAt: z.string(),
});

/** Hash: worker -> '<seen, ms> <stands until, ms> <its sign as JSON>'. */
export function workerSignsKey(prefix: string): string {
  return `{${prefix}}:workers`;
}

/** Those that were heard of within the hour, the ones seen last first. */
export async function readWorkers(redis: RedisConnection, prefix: string): Promise<SeenWorker[]> {
  const [all, now] = await Promise.all([redis.hgetall(workerSignsKey(prefix)), redisNow(redis)]);
  const workers = Object.entries(all).flatMap(([id, text]): SeenWorker[] => {
    const [, seen, until, sign] = /^(\d+) (\d+) (.*)$/.exec(text) ?? [];
    if (sign === undefined || Number(seen) < now - rememberedMs) return [];
    return [{ id, seenAt: Number(seen), isAlive: Number(until) >= now, ...signSchema.parse(JSON.parse(sign)) }];
  });
  return workers.sort((one, other) => other.seenAt - one.seenAt);
}

/** So long a worker that died is remembered. */
export const rememberedMs = 3600 * 1_000;
