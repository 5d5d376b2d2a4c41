import { bullPrefix } from '@session-queue/core';
import { Queue } from 'bullmq';
import type { World } from './world.ts';

/** Opens queues straight at Redis for as long as `work` takes. */
export async function withQueues<T>(
  { redisClient }: World,
  names: readonly string[],
  work: (queues: Queue[]) => Promise<T>,
): Promise<T> {
  const queues = names.map((name) => {
    const queue = new Queue(name, {
      connection: redisClient,
      prefix: bullPrefix('session-queue'),
      skipVersionCheck: true,
    });
    queue.on('error', () => undefined);
    return queue;
  });
  try {
    return await work(queues);
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}
