import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis } from './redis-server.ts';

/** A Redis for tests that need no server of their own to stop, starve or restart. */
export interface TestRedis {
  readonly url: string;
  /** Every key of the test must hold it: the server may be shared. */
  readonly prefix: string;
  /** Removes all keys that hold the prefix, and the server if it was started for this. Safe twice. */
  stop(): Promise<void>;
}

/** The Redis at `REDIS_URL` when set, else one started for this; with a key prefix that nobody else has. */
export async function testRedis(environment: NodeJS.ProcessEnv = process.env): Promise<TestRedis> {
  const prefix = `test-${randomUUID()}`;
  const shared = environment.REDIS_URL;
  if (shared !== undefined && shared !== '') {
    return { url: shared, prefix, stop: async () => await removeKeys(shared, prefix) };
  }
  const server = await startRedis();
  return { url: server.url, prefix, stop: async () => await server.stop() };
}

/** Removes every key that holds a text, without blocking a server that others use as well. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    // The prefix stands in front (`prefix:...`) or in braces (BullMQ's keys), so the pattern looks anywhere.
    for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  } finally {
    redis.disconnect();
  }
}
