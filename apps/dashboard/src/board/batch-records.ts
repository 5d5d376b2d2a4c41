import { consumerNameSchema, type Kind, type RedisConnection } from '@session-queue/core';
import { type Batch, consumerKeys, readBatch } from '@session-queue/core/engine';
import { z } from 'zod';
import { recordedBatchName } from './job-names.ts';
import type { ShownJob } from './visible-job.ts';

/** Ids of batches are workers' UUIDs; anything else in their queue came from elsewhere and has no record. */
const batchId = /^[\w-]{1,64}$/;

const batchJob = z.object({ id: z.string().regex(batchId), data: z.object({ consumer: consumerNameSchema }) });

/** The record of a batch; `undefined` when it is gone, or there never was one under this id. */
export async function findBatch(
  redis: RedisConnection,
  prefix: string,
  { consumer, id }: { consumer: string; id: string },
): Promise<Batch | undefined> {
  return batchId.test(id) ? await readBatch(consumerKeys(redis, prefix, consumer), id) : undefined;
}

/** Names the jobs of batches by their records, which know how far a batch is: its job sleeps until it is over. */
export class BatchRecords {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** At most a page of jobs. A record that cannot be read leaves its job the name that it has. */
  async name(kind: Kind, jobs: readonly ShownJob[]): Promise<ShownJob[]> {
    return await Promise.all(
      jobs.map(async (job) => {
        const read = batchJob.safeParse(job);
        if (!read.success) return job;
        const { id, data } = read.data;
        const batch = await findBatch(this.#redis, this.#prefix, { ...data, id }).catch(() => undefined);
        return batch === undefined || batch.kind !== kind ? job : { ...job, name: recordedBatchName(batch) };
      }),
    );
  }
}
