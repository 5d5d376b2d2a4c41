import type { ConsumerKeys } from '../lanes/keys.ts';
import { packedSessionId } from '../requests/packing.ts';

/** Which of some sessions are under a legal hold, by their positions. */
export async function heldAmong(keys: ConsumerKeys, sessionIds: readonly string[]): Promise<number[]> {
  if (sessionIds.length === 0) return [];
  const counts = await keys.redis.hmget(`${keys.base}held`, ...sessionIds.map(packedSessionId));
  return counts.flatMap((count, position) => (count === null ? [] : [position]));
}
