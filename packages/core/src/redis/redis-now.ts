import type { RedisConnection } from './script.ts';

/** The moment by the clock of Redis, the only one that counts, in ms since 1970. Of a cluster it is that of one node. */
export async function redisNow(redis: RedisConnection): Promise<number> {
  const [seconds = 0, micros = 0] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
