import { defaultVerification } from '@session-queue/core';
import {
  type ConsumerKeys,
  consumerKeys,
  Lane,
  noteVerification,
  openRequest,
  requestKey,
  storeRequest,
} from '@session-queue/core/engine';
import { startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { randomIds } from '../taking-in/random-ids.ts';
import { keepNoSlowlog, redisCpuSeconds } from '../taking-in/redis-facts.ts';

const perBatch = 50;

export interface Settled {
  verified: boolean;
  /** Redis's processor time an id, from its claim to its settling, microseconds. */
  us: number;
  /** What waits to be verified, bytes an id. */
  bytes: number;
}

/** Sends all of one request through its lane on a Redis of its own, as one that is to be verified or not. */
export async function measureSettling(batches: number, verified: boolean): Promise<Settled> {
  const server = await startRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  try {
    await keepNoSlowlog(redis);
    await redis.config('SET', 'auto-aof-rewrite-percentage', 0);
    const keys = consumerKeys(redis, 'session-queue', 'default');
    await noteVerification(keys, defaultVerification);
    const ids = batches * perBatch;
    await storeRequest(keys, { id: 'r', kind: 'deletion', ignoring: false, items: [...randomIds(ids)] });
    await openRequest(keys, 'r');
    if (verified) await redis.hset(requestKey(keys, 'r'), 'selection', 's');
    const before = await redisCpuSeconds(redis);
    await send(keys, batches);
    const us = (((await redisCpuSeconds(redis)) - before) * 1_000_000) / ids;
    const list = `${keys.base}verifications`;
    const waiting = (await redis.zcard(list)) * perBatch;
    if (waiting !== (verified ? ids : 0)) throw new Error(`${waiting} of ${ids} ids wait to be verified`);
    const size = verified ? Number(await redis.call('MEMORY', ['USAGE', list, 'SAMPLES', '0'])) : 0;
    return { verified, us, bytes: size / ids };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

async function send(keys: ConsumerKeys, batches: number): Promise<void> {
  // A slot for each of them, so that none has to wait.
  const quota = { calls: batches, windowMs: 1 };
  const lane = new Lane(keys, 'deletion', { quota, deadlineMs: 1_000, fingerprint: 'bench', retentionMs: 60_000 });
  const outcomes = Array.from({ length: perBatch }, () => 'succeeded' as const);
  for (let i = 0; i < batches; i += 1) {
    const answer = await lane.claim(`batch-${i}`);
    if (answer.is !== 'batch') throw new Error(`a claim answered ${answer.is}`);
    const permit = await lane.beginSend(answer.claim);
    if (permit.is !== 'go') throw new Error(`begin-send answered ${permit.is}`);
    const timing = { msSinceHeaders: 0, firstPollMs: 60_000 };
    await lane.recordReference(answer.claim, permit.attempt, `reference-${i}`, timing);
    await lane.resolve(answer.claim.batch, { reference: `reference-${i}` }, { outcomes });
  }
}
