import type { Job, JobsOptions, Queue } from 'bullmq';
import { z } from 'zod';
import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import { consumerNameSchema, type Kind, type RequestView } from '../requests/request.ts';
import { readJobId } from '../requests/view.ts';

/** What the job of a request is called, in each kind's queue. */
export const requestJobName = { deletion: 'delete', resubmission: 'resubmit' } as const satisfies Record<Kind, string>;

/**
 * The data of a request's job once its items lie in Redis: nothing private (invariant 9). `request` is the request's id, which
 * is the job's id too, but for a plain job that BullMQ numbered.
 */
export const acceptedJobSchema = z.strictObject({
  request: z.string().min(1),
  consumer: consumerNameSchema,
  total: z.int().positive(),
  reason: z.string().optional(),
  requestedBy: z.string().optional(),
});
export type AcceptedJob = z.infer<typeof acceptedJobSchema>;

const daySeconds = 24 * 3600;
/** Jobs go earlier than the records they mirror, by age and count. */
const keepJobs = {
  removeOnComplete: { age: 7 * daySeconds, count: 10_000 },
  removeOnFail: { age: 30 * daySeconds, count: 10_000 },
} as const satisfies JobsOptions;

export function acceptedJob(view: RequestView): AcceptedJob {
  const { id, consumer, counts, reason, requestedBy } = view;
  return {
    request: id,
    consumer,
    total: counts.total,
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
  };
}

/** Adds the job of a sealed request: the commit point of an upload. Adding it again changes nothing (invariant 11). */
export async function addRequestJob(queue: Queue, view: RequestView): Promise<void> {
  const { name, data, opts } = requestJob(view);
  await queue.add(name, data, opts);
}

interface NewJob {
  name: string;
  data: AcceptedJob;
  opts: JobsOptions;
}

function requestJob(view: RequestView): NewJob {
  // Its intake asks again, by Redis's clock.
  const delay = view.notBefore === undefined ? 0 : Math.max(0, Date.parse(view.notBefore) - Date.now());
  const opts = { jobId: view.id, ...keepJobs, ...(delay > 0 && { delay }) };
  return { name: requestJobName[view.kind], data: acceptedJob(view), opts };
}

/** Lets the job of a request that may be opened now look at it at once; one that is not asleep will by itself. */
export async function wakeRequestJob(keys: ConsumerKeys, queue: Queue, id: string): Promise<void> {
  const job: Job | undefined = await queue.getJob(await readJobId(keys, id));
  if (job !== undefined && (await job.isDelayed())) await job.promote().catch(() => undefined);
}

/**
 * Makes sure that an open request has a job that is not over: adds a missing one, and puts a finished one back in line.
 * Answers whether it changed anything.
 */
export async function ensureRequestJob(keys: ConsumerKeys, queue: Queue, view: RequestView): Promise<boolean> {
  const jobId = await readJobId(keys, view.id);
  const job: Job | undefined = await queue.getJob(jobId);
  if (job === undefined) {
    // The job that takes the place of a numbered one has the request's own id.
    if (jobId !== view.id) await keys.redis.hdel(requestKey(keys, view.id), 'job');
    await addRequestJob(queue, view);
    return true;
  }
  const state = await job.getState();
  if (state !== 'completed' && state !== 'failed') return false;
  await job.retry(state);
  return true;
}
