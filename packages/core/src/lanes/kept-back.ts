import { redisNow } from '../redis/redis-now.ts';
import type { ConsumerKeys } from './keys.ts';

/** What a deletion waits for before it begins: a second person, or the end of the window in which it can be revoked. */
export const keptBackFor = ['approval', 'hold-window'] as const;
export type KeptBackFor = (typeof keptBackFor)[number];

/**
 * Deletions of a consumer that are kept back, at most `most`: those asked for first, or those whose window ends first. `at` is that moment, in ms.
 * What became of them since stands in their records.
 */
export async function keptBackDeletions(
  { redis, base }: ConsumerKeys,
  what: KeptBackFor,
  most: number,
): Promise<{ id: string; at: number }[]> {
  const key = `${base}deletion:${what === 'approval' ? 'unapproved' : 'in-window'}`;
  // A window that is over may not have been taken out yet.
  const from = what === 'approval' ? '-inf' : `(${await redisNow(redis)}`;
  const flat = await redis.zrangebyscore(key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, most);
  return flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, at: Number(flat[i + 1]) }] : []));
}
