import type { ConsumerKeys } from '../lanes/keys.ts';
import { redisNow } from '../redis/redis-now.ts';
import { changesKey, noteChanges } from './changes.ts';

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

/** How long the oldest event has waited, or the oldest change that is not among them yet; `undefined` when none does. */
export async function oldestEventAgeMs(keys: ConsumerKeys): Promise<number | undefined> {
  const streams = [`${keys.base}evidence:outbox`, changesKey(keys)];
  const oldest = (await Promise.all(streams.map((key) => keys.redis.xrange(key, '-', '+', 'COUNT', 1)))).flat();
  if (oldest.length === 0) return undefined;
  const since = Math.min(...oldest.map(([id]) => Number(id.split('-', 1)[0])));
  return Math.max(0, (await redisNow(keys.redis)) - since);
}

/**
 * Whether deletions of this consumer are put under evidence; a worker that was told so, or told not to, says it when it starts. One that was told
 * nothing leaves it as it stands, and has changes of rules and switches noted where it is on: a version before knew of none.
 */
export async function switchEvidence(keys: ConsumerKeys, isOn: boolean | undefined): Promise<void> {
  const key = `${keys.base}evidence`;
  if (isOn === true) await keys.redis.hset(key, 'on', '1');
  if (isOn === false) await keys.redis.hdel(key, 'on');
  await noteChanges(keys, (await keys.redis.hget(key, 'on')) === '1');
}

function* pairsOf(texts: readonly Buffer[]): Generator<[string, Buffer]> {
  for (let i = 0; i + 1 < texts.length; i += 2) yield [String(texts[i]), texts[i + 1] ?? Buffer.alloc(0)];
}
