import { Queue } from 'bullmq';
import type { RedisConnection } from '../redis/script.ts';
import { kinds } from '../requests/request.ts';
import { bullPrefix, callbackQueueName, queueNames, ruleQueueName } from './names.ts';

export interface QueueFacts {
  name: string;
  /** By hand in Bull Board: then nothing is taken from it. */
  isPaused: boolean;
  /** The BullMQ that wrote to it last, such as `bullmq:6.7.0`; `undefined` before anything has. */
  version: string | undefined;
  /** The one that this process would write with. */
  ownVersion: string;
}

/** What people and other versions may have done to the queues. */
export async function readQueueFacts(redis: RedisConnection, prefix: string): Promise<QueueFacts[]> {
  const names = kinds.flatMap((kind) => [queueNames[kind].requests, queueNames[kind].batches]);
  return await Promise.all([...names, callbackQueueName, ruleQueueName].map((name) => readFacts(redis, prefix, name)));
}

async function readFacts(redis: RedisConnection, prefix: string, name: string): Promise<QueueFacts> {
  const queue = new Queue(name, {
    connection: redis,
    prefix: bullPrefix(prefix),
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  // The connection's own error events belong to whoever opened it.
  queue.on('error', () => undefined);
  try {
    const [isPaused, stamped] = await Promise.all([queue.isPaused(), queue.getVersion()]);
    return { name, isPaused, version: stamped || undefined, ownVersion: String(queue.metaValues.version) };
  } finally {
    await queue.close();
  }
}
