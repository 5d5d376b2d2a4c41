import { redisNow } from '../redis/redis-now.ts';
import type { DeadlineState, Kind } from '../requests/request.ts';
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

/**
 * Open requests of a lane that are at risk of missing their deadline, or have missed it, at most `most`: the earliest deadlines first, and
 * of those at risk the ones with nothing to give now (at `Infinity`) last. What became of them since stands in their records.
 */
export async function earliestDeadlines(
  keys: ConsumerKeys,
  kind: Kind,
  deadline: DeadlineState,
  most: number,
): Promise<{ id: string; at: number }[]> {
  const { redis, base } = keys;
  const now = await redisNow(redis);
  const flat =
    deadline === 'missed'
      ? await redis.zrangebyscore(`${base}${kind}:deadlines`, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
      : await redis.zrangebyscore(`${base}${kind}:at-risk`, `(${now}`, '+inf', 'WITHSCORES', 'LIMIT', 0, most);
  return flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, at: momentOf(flat[i + 1]) }] : []));
}

function momentOf(score: string | undefined): number {
  return score === undefined || score === 'inf' ? Number.POSITIVE_INFINITY : Number(score);
}
