import { type ConsumerKeys, prefixOf } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { evidencedKey } from './change-script.ts';

const takeScript = consumerScript(new URL('./scripts/take-changes.lua', import.meta.url));

/** So many are taken at once. */
const mostAtOnce = 50;

/**
 * Takes changes of rules and of the switch of deletions into the outbox of a consumer: they are made in the keys of all, which may lie on another node.
 * Answers how many were found. Several may do so at once: each change is taken once.
 */
export async function takeChanges(keys: ConsumerKeys): Promise<number> {
  const { redis, base } = keys;
  const found = await redis.xrangeBuffer(changesKey(keys), '-', '+', 'COUNT', mostAtOnce);
  if (found.length === 0) return 0;
  const args = found.flatMap(([id, fields]) => [id, fields.length, ...fields]);
  await takeScript.run(redis, [base], args);
  // Only now: what is lost in between is found here again, and known by its id.
  await redis.xdel(changesKey(keys), ...found.map(([id]) => id));
  return found.length;
}

/** The changes that are still to be taken, the oldest first. */
export function changesKey(keys: ConsumerKeys): string {
  return `${evidencedKey(prefixOf(keys))}:${keys.consumer}`;
}

/** Whether changes are noted for a consumer: as its deletions are put under evidence. */
export async function noteChanges(keys: ConsumerKeys, isOn: boolean): Promise<void> {
  const evidenced = evidencedKey(prefixOf(keys));
  if (isOn) await keys.redis.sadd(evidenced, keys.consumer);
  else await keys.redis.srem(evidenced, keys.consumer);
}
