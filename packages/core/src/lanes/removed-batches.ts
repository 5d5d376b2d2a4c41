import { z } from 'zod';
import type { ConsumerKeys } from './keys.ts';
import { consumerScript } from './script-files.ts';

const settleScript = consumerScript(new URL('./settle-removed.lua', import.meta.url));

/** Code of an item whose batch was taken out of Redis: nobody knows what became of it. */
export const removedCode = 'record_removed';

/** So long whoever took a record away may put it back. */
export const removedGraceMs = 10 * 60_000;

const replySchema = z.tuple([z.enum(['whole', 'removed', 'settled'])], z.union([z.string(), z.number()]));

/** `batches`: those of the request whose records are not there; some may have aged out long ago. */
export type Removed =
  | { is: 'whole' }
  | { is: 'removed'; items: number; leftMs: number; batches: string[] }
  | { is: 'settled'; items: number; hasEnded: boolean; batches: string[] };

/**
 * Looks whether each item of an open request is where it is counted. What has been nowhere for `graceMs`, since the record of its batch was removed,
 * fails with `record_removed`. While the consumer has more than 1,000 open batches nothing is found.
 */
export async function settleRemoved(
  { redis, base }: ConsumerKeys,
  request: string,
  { retentionMs, graceMs = removedGraceMs }: { retentionMs: number; graceMs?: number },
): Promise<Removed> {
  const reply = await settleScript.run(redis, [base], [request, graceMs, removedCode, retentionMs]);
  const [is, items = 0, what = 0, ...names] = replySchema.parse(reply);
  const batches = names.map(String);
  if (is === 'whole') return { is };
  if (is === 'removed') return { is, items: Number(items), leftMs: Number(what), batches };
  return { is, items: Number(items), hasEnded: what === 1, batches };
}

/** Requests with items that are in no batch and not settled yet, those that were found first, at most `most`. */
export async function requestsWithRemoved({ redis, base }: ConsumerKeys, most: number): Promise<string[]> {
  return await redis.zrange(`${base}removed`, '0', String(most - 1));
}
