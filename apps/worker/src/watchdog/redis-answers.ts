import { checkRedis, type RedisConnection, untilRedisReady } from '@session-queue/core';

/** Within this Redis is reached, or counts as away. */
const readyWithinMs = 3_000;

/** Whether every master can be reached anew and takes writes: whoever hangs all the same hangs by itself. Never rejects. */
export async function redisAnswers(connect: () => RedisConnection): Promise<boolean> {
  const fresh = connect();
  try {
    await untilRedisReady(fresh, readyWithinMs);
    const { problems } = await checkRedis(fresh);
    return !problems.some(({ code }) => code === 'unreachable' || code === 'not_writable');
  } catch {
    return false;
  } finally {
    // One that is ended while it is still being made complains of that.
    fresh.removeAllListeners('error').on('error', () => undefined);
    fresh.disconnect();
  }
}
