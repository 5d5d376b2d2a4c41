import type { RedisConnection } from '@session-queue/core';
import { acceptedJobSchema } from '@session-queue/core/engine';
import type { Queue } from 'bullmq';

/** Data of a job that was taken in is smaller; before its intake a plain job may hold 8 MB, which nobody needs here. */
const mostDataBytes = 4_096;

/** Whether BullMQ numbered a job, because it was added without an id. */
export function isNumbered(jobId: string): boolean {
  return /^\d*$/.test(jobId);
}

/** The request that a job's data names, once it was taken in. */
export function requestOf(data: unknown): string | undefined {
  return acceptedJobSchema.safeParse(data).data?.request;
}

/**
 * The id of the request that a job mirrors: the job's own, unless BullMQ numbered the job. Then the id stands in its
 * data; before its intake there is none.
 */
export async function requestIdOfJob(redis: RedisConnection, queue: Queue, jobId: string): Promise<string | undefined> {
  if (!isNumbered(jobId)) return jobId;
  const key = queue.toKey(jobId);
  if ((await redis.hstrlen(key, 'data')) > mostDataBytes) return undefined;
  const data = await redis.hget(key, 'data');
  return data === null ? undefined : requestOf(parsed(data));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
