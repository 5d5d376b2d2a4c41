import { leafBytes, newSalt, saltedLeaf } from '../evidence/merkle/salted-leaf.ts';
import { sharesOf } from '../lanes/batch.ts';
import { batchKey, type ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { unpackSessionId } from '../requests/packing.ts';

const saltsScript = consumerScript(new URL('./scripts/salts.lua', import.meta.url));

/** The salt of each request; `undefined` for one that is not under evidence. Made when it is first asked for, by workers alone. */
export async function readSalts(keys: ConsumerKeys, requests: readonly string[]): Promise<(Buffer | undefined)[]> {
  const offered = requests.flatMap((id) => [id, newSalt()]);
  const reply: unknown = await saltsScript.runBuffer(keys.redis, [keys.base], offered);
  const salts: unknown[] = Array.isArray(reply) ? reply : [];
  return requests.map((_, i) => {
    const salt = salts[i];
    return Buffer.isBuffer(salt) && salt.length > 0 ? salt : undefined;
  });
}

/**
 * What `resolve.lua` takes for a batch of deletions: a salted leaf for each item that is settled, 32 bytes at its place, where its request is under
 * evidence. Empty where none is.
 */
export async function saltedLeaves(
  keys: ConsumerKeys,
  batch: string,
  isSettled: (position: number) => boolean,
): Promise<Buffer> {
  const [shares, items] = await Promise.all([
    keys.redis.hget(batchKey(keys, batch), 'shares'),
    keys.redis.lrangeBuffer(`${batchKey(keys, batch)}:items`, 0, -1),
  ]);
  const owners = sharesOf(shares ?? undefined).flatMap(({ request, items: n }) => Array<string>(n).fill(request));
  const requests = [...new Set(owners.filter((_, position) => isSettled(position)))];
  if (requests.length === 0) return Buffer.alloc(0);
  const salts = new Map((await readSalts(keys, requests)).map((salt, i) => [requests[i], salt]));
  if ([...salts.values()].every((salt) => salt === undefined)) return Buffer.alloc(0);
  const leaves = Buffer.alloc(leafBytes * items.length);
  for (const [position, item] of items.entries()) {
    const salt = salts.get(owners[position]);
    if (salt !== undefined && isSettled(position))
      saltedLeaf(salt, unpackSessionId(item)).copy(leaves, leafBytes * position);
  }
  return leaves;
}
