import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { SelectionView } from '@session-queue/core';
import { type TestRedis, testRedis } from '@session-queue/testing';
import type { Caller } from '../../src/auth/caller.ts';
import { MemoryQueue } from './memory-queue.ts';
import { startProducer, type TestProducer, testCaller } from './test-producer.ts';

export const filter = { userIds: ['private-learner'], completed: { to: '2024-01-01T00:00:00Z' } };
export const key = { 'Idempotency-Key': 'private-key' };

/** A token is a list of consumers; 'all' is for all. */
export const bearer = (token = 'all') => ({ Authorization: `Bearer ${token}` });

/** What somebody says who has looked at a selection. */
interface Looked {
  selection: string;
  expectDigest: string | undefined;
  expectCount: number;
}

/** A producer for calls about selections, anew for each test, with an empty queue. */
export interface SelectionLab {
  readonly queue: MemoryQueue;
  readonly producer: TestProducer;
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** The id of a selection that walks. */
  readonly made: (body?: object) => Promise<string>;
  /** A selection that found these. */
  readonly looked: (sessionIds: readonly string[], consumer?: string) => Promise<Looked>;
}

/** To be called where the hooks of tests may stand. */
export function selectionLab(): SelectionLab {
  let redis: TestRedis;
  let queue: MemoryQueue;
  let producer: TestProducer;
  let count = 0;
  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(async () => await redis.stop());
  beforeEach(async () => {
    count += 1;
    queue = new MemoryQueue();
    const findCaller = (token: string): Caller | undefined =>
      testCaller('desk', token === 'all' ? {} : { consumers: token.split(',') });
    const prefix = `${redis.prefix}-${count}`;
    producer = await startProducer({ queue, findCaller, redisUrl: redis.url, prefix, silenceMs: 500 });
  });
  afterEach(async () => await producer.stop());

  const post: SelectionLab['post'] = async (path, body, headers = {}) =>
    await producer.post(path, body, { ...bearer(), ...headers });
  const made: SelectionLab['made'] = async (body = { filter }) =>
    ((await (await post('/v1/selections', body)).json()) as SelectionView).id;
  return {
    get queue() {
      return queue;
    },
    get producer() {
      return producer;
    },
    post,
    get: async (path, headers = {}) => await producer.fetch(path, { headers: { ...bearer(), ...headers } }),
    made,
    looked: async (sessionIds, consumer = 'default') => {
      const selection = await made({ filter, consumer });
      const { digest: expectDigest, count: expectCount } = queue.becomesReady(selection, sessionIds);
      return { selection, expectDigest, expectCount };
    },
  };
}
