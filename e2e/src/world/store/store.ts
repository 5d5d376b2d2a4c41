import type { RedisConnection } from '@session-queue/core';
import { type RedisOptions, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { startRedisCluster } from './redis-cluster.ts';
import { startRedisSentinel } from './redis-sentinel.ts';

/** Where a world's data lies: in one Redis, in a cluster, or in a master with a replica and a sentinel. */
export interface Store {
  /** The Redis, or the first of several. */
  readonly redis: RedisServer;
  readonly servers: readonly RedisServer[];
  /** Where the way of a process leads: to the Redis itself, or to one that knows where the others are. */
  readonly doorPort: number;
  /** The URL for a process whose way begins at a port. */
  urlAt(port: number): string;
  /** A connection that finds all data, past all ways. */
  connect(): RedisConnection;
  /** Tells several servers the ports, one each, at which clients and each other are to find them: those of their taps. */
  readonly announce?: (ports: readonly number[]) => Promise<void>;
  /** Ends all servers. */
  stop(): Promise<void>;
}

export type StoreKind = 'single' | 'cluster' | 'sentinel';

export async function startStore(kind: StoreKind, options: RedisOptions): Promise<Store> {
  if (kind === 'cluster') return await startRedisCluster(options);
  if (kind === 'sentinel') return await startRedisSentinel(options);
  const redis = await startRedis(options);
  return {
    redis,
    servers: [redis],
    doorPort: redis.port,
    urlAt: (port) => `redis://127.0.0.1:${port}`,
    connect: () => new Redis(redis.url, { maxRetriesPerRequest: null }),
    stop: async () => await redis.stop(),
  };
}
