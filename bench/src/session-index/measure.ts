import { SessionQueueClient } from '@session-queue/core';
import { type ConsumerKeys, consumerKeys, Lane, openRequest, storeRequest } from '@session-queue/core/engine';
import { startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { randomIds } from '../taking-in/random-ids.ts';
import { keepNoSlowlog, redisCpuSeconds } from '../taking-in/redis-facts.ts';

const prefix = 'session-queue';
const consumer = 'default';
const perBatch = 50;

export interface Measured {
  ids: number;
  indexed: boolean;
  /** Redis's own count of the index's keys. */
  bytes: number;
  /** Redis's processor time, microseconds an id. */
  takenInUs: number;
  settledUs: number;
  /** A lookup. */
  lookupUs: number;
  /** Of lookups one after the other, through the library. */
  lookupMs: number[];
}

export interface Amounts {
  ids: number;
  indexed: boolean;
  batches: number;
  lookups: number;
}

/** Takes in one request, sends some of it in batches, and looks sessions up, on a Redis of its own. */
export async function measure({ ids, indexed, batches, lookups }: Amounts): Promise<Measured> {
  const server = await startRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const client = new SessionQueueClient({ redis, prefix, sessionIndex: true });
  try {
    await keepNoSlowlog(redis);
    // While a fork of it writes the file anew, every page that is written costs a copy: that is no cost of what is measured.
    await redis.config('SET', 'auto-aof-rewrite-percentage', 0);
    const keys = consumerKeys(redis, prefix, consumer);
    const sessionIds = [...randomIds(ids)];
    const store = (id: string, items: readonly string[]) =>
      storeRequest(keys, { id, kind: 'deletion', ignoring: false, items, indexed });
    await store('first', [...randomIds(1)]);
    const takenInUs = (await cpuUs(redis, () => store('large', sessionIds))) / ids;
    const bytes = (await bytesOfIndex(keys)) / ids;
    const lookupMs: number[] = [];
    const lookUp = async () => {
      for (let i = 0; indexed && i < lookups; i += 1) {
        const sessionId = sessionIds[Math.floor(Math.random() * ids)] ?? '';
        const startedAt = performance.now();
        const found = await client.findSession(sessionId, { consumers: [consumer] });
        lookupMs.push(performance.now() - startedAt);
        if (found.length !== 1) throw new Error(`a session is in ${found.length} requests`);
      }
    };
    const lookupUs = (await cpuUs(redis, lookUp)) / lookups;
    await openRequest(keys, 'large');
    const sent = Math.min(batches, Math.floor(ids / perBatch));
    const settledUs = (await cpuUs(redis, () => send(keys, sent))) / (sent * perBatch);
    return { ids, indexed, bytes, takenInUs, settledUs, lookupUs, lookupMs };
  } finally {
    await client.close();
    redis.disconnect();
    await server.stop();
  }
}

async function cpuUs(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  const before = await redisCpuSeconds(redis);
  await work();
  return ((await redisCpuSeconds(redis)) - before) * 1_000_000;
}

/** All the way of some batches through their lane. */
async function send(keys: ConsumerKeys, batches: number): Promise<void> {
  // A slot for each of them, so that none has to wait.
  const quota = { calls: batches, windowMs: 1 };
  const lane = new Lane(keys, 'deletion', { quota, deadlineMs: 1_000, fingerprint: 'bench', retentionMs: 60_000 });
  for (let i = 0; i < batches; i += 1) {
    const answer = await lane.claim(`batch-${i}`);
    if (answer.is !== 'batch') throw new Error(`a claim answered ${answer.is}`);
    const { claim } = answer;
    const permit = await lane.beginSend(claim);
    if (permit.is !== 'go') throw new Error(`begin-send answered ${permit.is}`);
    const reference = `reference-${i}`;
    await lane.recordReference(claim, permit.attempt, reference, { msSinceHeaders: 0, firstPollMs: 60_000 });
    const outcomes = Array.from({ length: perBatch }, () => 'succeeded' as const);
    await lane.resolve(claim.batch, { reference }, { outcomes });
  }
}

async function bytesOfIndex({ redis, base }: ConsumerKeys): Promise<number> {
  const keys = (await redis.keys(`${base}sessions*`)).values();
  let bytes = 0;
  const line = async () => {
    for (const key of keys) {
      const size = Number(await redis.call('MEMORY', ['USAGE', key, 'SAMPLES', '0']));
      bytes += size;
    }
  };
  await Promise.all(Array.from({ length: 100 }, line));
  return bytes;
}
