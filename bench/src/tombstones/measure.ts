import {
  type ConsumerKeys,
  consumerKeys,
  Lane,
  lookAtDeletion,
  openRequest,
  SessionPrints,
  storeRequest,
} from '@session-queue/core/engine';
import { startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { randomIds } from '../taking-in/random-ids.ts';
import { keepNoSlowlog, redisCpuSeconds } from '../taking-in/redis-facts.ts';

const perBatch = 50;
const retentionMs = 3_600_000;
const quotaOfApi = { calls: 5, windowMs: 5_000 };

export interface Measured {
  ids: number;
  /** By which Redis's own count of its memory grew, all overhead included, for each tombstone. */
  bytes: number;
  /** Redis's processor time for all the way of an id, in microseconds; without tombstones it writes none. */
  deletedUs: number;
  deletedWithoutUs: number;
  /** Already deleted ids that were found and settled in a second, by one worker and at the API's quota. */
  againPerSecond: number;
}

/** Deletes `ids` sessions through a lane on a Redis of its own, and then `again` of them a second time. */
export async function measure({ ids, again }: { ids: number; again: number }): Promise<Measured> {
  const server = await startRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  try {
    await keepNoSlowlog(redis);
    await redis.config('SET', 'auto-aof-rewrite-percentage', 0);
    const sessionIds = [...randomIds(ids)];
    const without = consumerKeys(redis, 'session-queue', 'without');
    const some = sessionIds.slice(0, Math.min(ids, 50_000));
    const deletedWithoutUs = (await deleteAll(redis, without, some, undefined)) / some.length;
    const keys = consumerKeys(redis, 'session-queue', 'default');
    const prints = new SessionPrints('a key of the benchmark that is long enough', 'default');
    const before = await memoryWithoutRequests(redis);
    const deletedUs = (await deleteAll(redis, keys, sessionIds, prints)) / ids;
    const bytes = ((await memoryWithoutRequests(redis)) - before) / ids;
    const entries = Number(await redis.hget(`${keys.base}tombstones`, 'entries'));
    if (entries !== ids) throw new Error(`${entries} tombstones were written of ${ids}`);
    const startedAt = performance.now();
    await findAgain(keys, sessionIds.slice(0, again), prints);
    const againPerSecond = again / ((performance.now() - startedAt) / 1_000);
    return { ids, bytes, deletedUs, deletedWithoutUs, againPerSecond };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

async function store(keys: ConsumerKeys, id: string, items: readonly string[]): Promise<void> {
  await storeRequest(keys, { id, kind: 'deletion', ignoring: false, items });
  await openRequest(keys, id);
}

/** All the way of all batches through their lane; answers with Redis's processor time, in microseconds. */
async function deleteAll(
  redis: Redis,
  keys: ConsumerKeys,
  sessionIds: readonly string[],
  prints: SessionPrints | undefined,
): Promise<number> {
  await store(keys, 'all', sessionIds);
  const batches = Math.ceil(sessionIds.length / perBatch);
  const before = await redisCpuSeconds(redis);
  const quota = { calls: batches, windowMs: 1 };
  // What ends stays a moment only, so that Redis's memory holds tombstones alone.
  const lane = new Lane(keys, 'deletion', { quota, deadlineMs: 1_000, fingerprint: 'bench', retentionMs: 1 });
  for (let batch = 0; batch < batches; batch += 1) {
    const answer = await lane.claim(`batch-${batch}`);
    if (answer.is !== 'batch') throw new Error(`a claim answered ${answer.is}`);
    const { claim } = answer;
    const items = sessionIds.slice(batch * perBatch, (batch + 1) * perBatch);
    if (prints !== undefined) await lookAtDeletion(keys, claim, items, { retentionMs, prints });
    const permit = await lane.beginSend(claim);
    if (permit.is !== 'go') throw new Error(`begin-send answered ${permit.is}`);
    await lane.recordReference(claim, permit.attempt, claim.batch, { msSinceHeaders: 0, firstPollMs: 60_000 });
    await lane.resolve(claim.batch, { reference: claim.batch }, { outcomes: items.map(() => 'succeeded' as const) });
  }
  return ((await redisCpuSeconds(redis)) - before) * 1_000_000;
}

/** As a worker does with what was deleted before: claimed at the API's quota, found, settled, and the slot given back. */
async function findAgain(keys: ConsumerKeys, sessionIds: readonly string[], prints: SessionPrints): Promise<void> {
  await store(keys, 'again', sessionIds);
  const options = { quota: quotaOfApi, deadlineMs: 1_000, fingerprint: 'bench', retentionMs };
  const lane = new Lane(keys, 'deletion', options);
  for (let from = 0; from < sessionIds.length; from += perBatch) {
    const answer = await lane.claim(`again-${from}`, 80);
    if (answer.is !== 'batch') throw new Error(`a claim answered ${answer.is}`);
    const { claim } = answer;
    const items = sessionIds.slice(from, from + perBatch);
    const found = await lookAtDeletion(keys, claim, items, { retentionMs, prints });
    if (found.size !== items.length) throw new Error(`${found.size} of ${items.length} deleted sessions were found`);
    const outcomes = items.map(() => 'alreadyDeleted' as const);
    await lane.resolve(
      claim.batch,
      { claims: claim.claims },
      { outcomes },
      { slot: claim.slot, as: { how: 'unused' } },
    );
  }
}

/** Redis's memory once what has ended is gone, and no claim is remembered. */
async function memoryWithoutRequests(redis: Redis): Promise<number> {
  for (const pattern of ['*}:claim:*', '*}:batch:*', '*}:request:*', '*}:deletion:*', '*}:finish', '*}:due']) {
    for await (const keys of redis.scanStream({ match: pattern, count: 1_000 })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
    }
  }
  const used = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
  return Number(used);
}
