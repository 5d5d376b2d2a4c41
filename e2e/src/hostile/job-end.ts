import { acceptedJobSchema } from '@session-queue/core/engine';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { jsonOf } from './check-answer.ts';

/** What intake has made of a plain job. */
export type JobEnd =
  | { is: 'refused'; reason: string; left: string }
  | { is: 'taken in'; request: string; left: string }
  | { is: 'waiting'; consumer: string }
  | { is: 'removed' }
  /** Nothing yet. */
  | { is: 'open'; state: string };

const waitsSchema = z.object({ waitsFor: z.string() });
const consumerSchema = z.object({ consumer: z.string() });

/** Looks at a job as it lies in Redis: its data may be no JSON, which BullMQ's own client could not read. */
export async function lookAtJob(redis: Redis, queue: Queue, id: string): Promise<JobEnd> {
  const key = queue.toKey(id);
  const [state, hash, logs] = await Promise.all([
    queue.getJobState(id),
    redis.hgetall(key),
    redis.lrange(`${key}:logs`, 0, -1),
  ]);
  if (hash.name === undefined) return { is: 'removed' };
  const data = jsonOf(hash.data ?? '');
  const left = JSON.stringify([hash.data, hash.failedReason, hash.stacktrace, hash.progress, hash.returnvalue, logs]);
  if (state === 'failed') return { is: 'refused', reason: hash.failedReason ?? '', left };
  const accepted = acceptedJobSchema.safeParse(data).data;
  // With a delay of its own a job sleeps before anybody has taken it, too.
  const wasTaken = Number(hash.ats ?? 0) > 0;
  const isAsleep = wasTaken && (state === 'delayed' || state === 'completed');
  if (accepted !== undefined && isAsleep) return { is: 'taken in', request: accepted.request, left };
  const waits = waitsSchema.safeParse(jsonOf(hash.progress ?? '')).data;
  const consumer = consumerSchema.safeParse(data).data?.consumer;
  if (state === 'delayed' && waits !== undefined && consumer !== undefined) return { is: 'waiting', consumer };
  return { is: 'open', state };
}
