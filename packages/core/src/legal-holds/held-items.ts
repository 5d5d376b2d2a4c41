import type { ConsumerKeys } from '../lanes/keys.ts';
import { packedSessionId } from '../requests/packing.ts';
import { mostHoldsListed } from './legal-hold.ts';

/** Which of some sessions are under a legal hold, by their positions. */
export async function heldAmong(keys: ConsumerKeys, sessionIds: readonly string[]): Promise<number[]> {
  if (sessionIds.length === 0) return [];
  const counts = await keys.redis.hmget(`${keys.base}held`, ...sessionIds.map(packedSessionId));
  return counts.flatMap((count, position) => (count === null ? [] : [position]));
}

/**
 * The id of a hold on each of some sessions that are held, the newest, in their order; `undefined` where none of the newest 1,000 has it, or it was
 * lifted meanwhile. Costs Redis a look for each hold: for those that `heldAmong` has named.
 */
export async function holdsOn(
  { redis, base }: ConsumerKeys,
  sessionIds: readonly string[],
): Promise<(string | undefined)[]> {
  if (sessionIds.length === 0) return [];
  const holds = await redis.zrange(`${base}holds`, '0', String(mostHoldsListed - 1), 'REV');
  const packed = sessionIds.map(packedSessionId);
  const found: (string | undefined)[] = sessionIds.map(() => undefined);
  const kept = await Promise.all(holds.map((hold) => redis.smismember(`${base}hold:${hold}:sessions`, ...packed)));
  for (const [place, hold] of holds.entries())
    for (const [position, has] of (kept[place] ?? []).entries()) if (has === 1) found[position] ??= hold;
  return found;
}
