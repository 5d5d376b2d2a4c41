import { createHash } from 'node:crypto';
import type { JobsOptions, Queue } from 'bullmq';
import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { noteCallback, readEnd } from '../requests/callback.ts';
import { consumerNameSchema } from '../requests/request.ts';

/** The data of a callback's job. Its URL stays in the request's record: it may hold a token (invariant 9). */
export const callbackJobSchema = z.strictObject({
  request: z.string().min(1),
  consumer: consumerNameSchema,
  finishedAt: z.iso.datetime(),
});

const daySeconds = 24 * 3600;
/** Whoever delivers doubles the time between two, from 5 s to an hour: a day in all. */
const attempts = 37;
const keepCallbacks = {
  removeOnComplete: { age: daySeconds, count: 2_000 },
  removeOnFail: { age: 7 * daySeconds, count: 10_000 },
  stackTraceLimit: 3,
} as const satisfies JobsOptions;

/**
 * Adds the callback of a request that has ended, if it is to have one: once for each end (its job's id is made of both), and not
 * again after the record has noted it, however long its job is kept (invariant 11). Answers with the end in ms; `undefined` when the
 * request is gone, or open again.
 */
export async function ensureCallback(queue: Queue, keys: ConsumerKeys, request: string): Promise<number | undefined> {
  const end = await readEnd(keys, request);
  if (end === undefined || end.callback !== 'wanted') return end?.finishedAt;
  const finishedAt = new Date(end.finishedAt).toISOString();
  const data = { request, consumer: keys.consumer, finishedAt };
  await queue.add('callback', data, {
    jobId: callbackId(request, finishedAt),
    attempts,
    backoff: { type: 'callback' },
    ...keepCallbacks,
  });
  await noteCallback(keys, request, { finishedAt: end.finishedAt, state: 'pending', attempts: 0 });
  return end.finishedAt;
}

/** What tells callbacks apart, the same for all attempts: letters that BullMQ and an HTTP header take, whatever the request's id. */
export function callbackId(request: string, finishedAt: string): string {
  const digest = createHash('sha256').update(`${finishedAt}\n${request}`).digest('hex');
  return `callback_${digest.slice(0, 40)}`;
}
