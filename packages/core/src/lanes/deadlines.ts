import type { Kind } from '../requests/request.ts';
import type { ConsumerKeys } from './keys.ts';
import { maxItemsPerBatch, type QuotaLimits } from './lane.ts';
import { consumerScript } from './script-files.ts';

const judgeScript = consumerScript(new URL('./judge-deadlines.lua', import.meta.url));

/** Open requests that one step judges, well under a millisecond of Redis's each hundred. */
const sliceSize = 500;

/** Where the next slice of a lane's deadlines begins, and how many items of the requests before it are still to be sent. */
export interface DeadlinesCursor {
  rank: number;
  itemsBefore: number;
}

export interface JudgedDeadlines {
  next: DeadlinesCursor;
  /** Requests that are at risk, or have missed their deadline, and were not yet said to. */
  atRisk: number;
  missed: number;
}

export const firstDeadline: DeadlinesCursor = { rank: 0, itemsBefore: 0 };

/** Marks which of a slice of a lane's open requests are at risk of missing their deadline, at its quota, or have missed it. */
export async function judgeDeadlines(
  { redis, base }: ConsumerKeys,
  kind: Kind,
  { rank, itemsBefore }: DeadlinesCursor,
  { calls, windowMs }: QuotaLimits,
): Promise<JudgedDeadlines> {
  const args = [kind, rank, itemsBefore, calls, windowMs, maxItemsPerBatch, sliceSize];
  const reply = await judgeScript.run(redis, [base], args);
  const [next = 0, items = 0, atRisk = 0, missed = 0] = Array.isArray(reply) ? reply.map(Number) : [];
  return { next: next === 0 ? firstDeadline : { rank: next, itemsBefore: items }, atRisk, missed };
}
