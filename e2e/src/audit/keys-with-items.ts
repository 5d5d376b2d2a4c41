import { bullPrefix } from '@session-queue/core';
import type { Redis } from 'ioredis';

/** The keys of BullMQ's in which any of these texts stands, be it in a job, its logs or its events. */
export async function keysWithItems(redis: Redis, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${bullPrefix('session-queue')}:*`, 'COUNT', 1_000);
    cursor = next;
    for (const [index, held] of (await Promise.all(keys.map((key) => contentsOf(redis, key)))).entries()) {
      if (texts.some((text) => held.includes(text))) found.push(keys[index] ?? '');
    }
  } while (cursor !== '0');
  return found;
}

async function contentsOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
  if (type === 'list') return JSON.stringify(await redis.lrange(key, 0, -1));
  if (type === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
  return '';
}
