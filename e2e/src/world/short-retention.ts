import { kinds, queueNames } from '@session-queue/core';
import { requestEvidence } from '../audit/collect.ts';
import { withQueues } from './queues.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;
/** RETENTION_DAYS, of every process of a world. */
const retentionMs = 30 * dayMs;
/** What has less time left than this was given another expiry, and keeps it. */
const leastLeftMs = retentionMs - dayMs;
const mostJobs = 100_000;

/**
 * Lets the retention go by for what has been kept for so long: keys that the product itself has let expire, and BullMQ's ended
 * jobs, which go by age and count. What it has given no end stays. What requests say of themselves is noted before they go.
 * Answers with how many keys there are that nothing lets go by itself: what is open, and what lasts. How many others there are is how
 * much was done lately.
 */
export async function expireAfter(world: World, keptMs: number): Promise<number> {
  const { redisClient: redis } = world;
  const over: string[] = [];
  let lasting = 0;
  for (let cursor = '', first = true; first || cursor !== '0'; first = false) {
    const [next, keys] = await redis.scan(cursor === '' ? '0' : cursor, 'COUNT', 1_000);
    cursor = next;
    const times = await Promise.all(keys.map(async (key) => await redis.pttl(key)));
    for (const [index, key] of keys.entries()) {
      const ttlMs = times[index] ?? -1;
      const isOver = ttlMs > leastLeftMs && retentionMs - ttlMs > keptMs;
      // Keys are not all looked at in one moment: an entry of the index goes after its record, never before.
      const indexed = /^session-queue:index:(.+)$/.exec(key)?.[1];
      if (isOver && (indexed === undefined || world.kept.has(indexed))) over.push(key);
      if (ttlMs === -1) lasting += 1;
    }
  }
  for (const key of over) {
    const id = /^session-queue:\{[^}]+\}:request:([^:]+)$/.exec(key)?.[1];
    const evidence = id === undefined ? undefined : await requestEvidence(world, id);
    if (id !== undefined && evidence !== undefined) world.kept.set(id, evidence);
  }
  for (let at = 0; at < over.length; at += 1_000) await redis.unlink(over.slice(at, at + 1_000));
  const names = kinds.flatMap((kind) => Object.values(queueNames[kind]));
  return await withQueues(world, names, async (queues) => {
    for (const queue of queues) {
      for (const state of ['completed', 'failed'] as const) await queue.clean(keptMs, mostJobs, state);
      const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed');
      lasting -= completed + failed;
    }
    return lasting;
  });
}
