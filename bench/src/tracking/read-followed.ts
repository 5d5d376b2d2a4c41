import { consumerKeys } from '@session-queue/core/engine';
import { fullBooksSchema } from '@session-queue/fake-learnosity';
import type { Lab } from '../lab/lab.ts';
import type { TrackedJob } from './poll-rounds.ts';

/** A job from its start at Learnosity to the moment that its batch was settled, epoch ms. One machine, one clock. */
export interface FollowedJob extends TrackedJob {
  startedAt: number;
  settledAt: number;
}

const slice = 500;

/** Brings the stand-in's book of each job together with the record of its batch. */
export async function readFollowed(lab: Lab, consumer: string): Promise<FollowedJob[]> {
  const response = await fetch(`${lab.fakeUrl}/__books?items=1`);
  const { perJob } = fullBooksSchema.parse(await response.json());
  const batches = await readBatchTimes(lab, consumer);
  return perJob.map(({ reference, createdAt, finishedAt }) => {
    const batch = batches.get(reference);
    if (batch === undefined || finishedAt === null) throw new Error(`the job ${reference} was not followed to its end`);
    return { ...batch, startedAt: createdAt, finishedAt };
  });
}

async function readBatchTimes(lab: Lab, consumer: string) {
  const keys = consumerKeys(lab.redis, 'session-queue', consumer);
  const prefix = `${keys.base}batch:`;
  const times = new Map<string, { submittedAt: number; settledAt: number }>();
  for await (const found of lab.redis.scanStream({ match: `${prefix}*`, count: slice })) {
    const records = (Array.isArray(found) ? found.map(String) : []).filter((key) => !key.endsWith(':items'));
    const rows = await Promise.all(records.map((key) => lab.redis.hmget(key, 'reference', 'submittedAt', 'settledAt')));
    for (const [reference, submittedAt, settledAt] of rows) {
      if (reference == null || submittedAt == null || settledAt == null) continue;
      times.set(reference, { submittedAt: Number(submittedAt), settledAt: Number(settledAt) });
    }
  }
  return times;
}
