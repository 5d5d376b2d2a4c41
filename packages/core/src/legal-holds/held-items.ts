import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { packedSessionId } from '../requests/packing.ts';
import { holdScript } from './hold-script.ts';
import { mostHoldsListed } from './legal-hold.ts';

const holdsOnScript = holdScript('holds-on');
const foundSchema = z.array(z.string());

/** Which of some sessions are under a legal hold, by their positions. */
export async function heldAmong(keys: ConsumerKeys, sessionIds: readonly string[]): Promise<number[]> {
  if (sessionIds.length === 0) return [];
  const counts = await keys.redis.hmget(`${keys.base}held`, ...sessionIds.map(packedSessionId));
  return counts.flatMap((count, position) => (count === null ? [] : [position]));
}

/**
 * The id of a hold on each of some sessions that are held, the newest, in their order; `undefined` where none of the newest 1,000 has it, or it was
 * lifted meanwhile.
 */
export async function holdsOn(
  { redis, base }: ConsumerKeys,
  sessionIds: readonly string[],
): Promise<(string | undefined)[]> {
  if (sessionIds.length === 0) return [];
  const found = await holdsOnScript.run(redis, [base], [mostHoldsListed, ...sessionIds.map(packedSessionId)]);
  return foundSchema.parse(found).map((hold) => (hold === '' ? undefined : hold));
}
