import type { ConsumerKeys } from '../lanes/keys.ts';

/** Which of some packed session ids are under a legal hold, by their positions. */
export async function heldAmong(keys: ConsumerKeys, items: readonly Buffer[]): Promise<number[]> {
  if (items.length === 0) return [];
  const counts = await keys.redis.hmget(`${keys.base}held`, ...items);
  return counts.flatMap((count, position) => (count === null ? [] : [position]));
}
