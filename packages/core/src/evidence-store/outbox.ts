import type { ConsumerKeys } from '../lanes/keys.ts';
import { redisNow } from '../redis/redis-now.ts';

/** An event as a script wrote it (shared/evidence.lua): not yet in the chain. */
export interface OutboxEvent {
  /** Its place in the outbox. */
  id: string;
  fields: ReadonlyMap<string, Buffer>;
}

/** The oldest events, in their order. */
export async function readOutbox(keys: ConsumerKeys, most: number): Promise<OutboxEvent[]> {
  const entries = await keys.redis.xrangeBuffer(`${keys.base}evidence:outbox`, '-', '+', 'COUNT', most);
  return entries.map(([id, texts]) => ({ id: String(id), fields: new Map(pairsOf(texts)) }));
}

/** How long the oldest event has waited; `undefined` when none does. */
export async function oldestEventAgeMs(keys: ConsumerKeys): Promise<number | undefined> {
  const [oldest] = await keys.redis.xrange(`${keys.base}evidence:outbox`, '-', '+', 'COUNT', 1);
  if (oldest === undefined) return undefined;
  return Math.max(0, (await redisNow(keys.redis)) - Number(oldest[0].split('-', 1)[0]));
}

/** Whether deletions of this consumer are put under evidence; a worker that was told so, or told not to, says it when it starts. */
export async function switchEvidence(keys: ConsumerKeys, isOn: boolean): Promise<void> {
  if (isOn) await keys.redis.hset(`${keys.base}evidence`, 'on', '1');
  else await keys.redis.hdel(`${keys.base}evidence`, 'on');
}

function* pairsOf(texts: readonly Buffer[]): Generator<[string, Buffer]> {
  for (let i = 0; i + 1 < texts.length; i += 2) yield [String(texts[i]), texts[i + 1] ?? Buffer.alloc(0)];
}
