import type { Kind } from '@session-queue/core';
import { type ConsumerKeys, readBatch } from '@session-queue/core/engine';
import { DelayedError, type Job } from 'bullmq';
import { z } from 'zod';
import { failedJob } from './failed-job.ts';
import { batchSafetyNetMs } from './mirror.ts';

const batchJobSchema = z.object({ consumer: z.string() });

/** The consumer that a job speaks of; `undefined` when its data does not say. */
export function consumerOf(job: Job): string | undefined {
  return batchJobSchema.safeParse(job.data).data?.consumer;
}

/**
 * What the job of a batch does when it runs: it ends as its record says, or goes back to sleep. The sending itself belongs to
 * the replica that claimed the batch.
 */
export async function runBatchJob(keysOf: (consumer: string) => ConsumerKeys, kind: Kind, job: Job, token: string) {
  const consumer = consumerOf(job);
  const batch = consumer === undefined ? undefined : await readBatch(keysOf(consumer), job.id ?? '');
  if (batch === undefined || batch.kind !== kind) return { record: 'gone' };
  const { outcome, children, size, reference, reattached, lastCode, lastMessage } = batch;
  if (batch.state === 'settled' || batch.state === 'split') {
    if (outcome.failed > 0) throw failedJob(`${outcome.failed} of ${size} items failed: ${lastCode} ${lastMessage}`);
    return {
      ...outcome,
      ...(reference !== undefined && { jobReference: reference }),
      ...(reattached && { reattached }),
      ...(children.length > 0 && { splitInto: children }),
    };
  }
  await job.updateProgress({ state: batch.state, attempts: batch.attempts });
  await job.moveToDelayed(Date.now() + batchSafetyNetMs, token);
  throw new DelayedError();
}
