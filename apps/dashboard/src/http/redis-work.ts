import { Refusal } from '@session-queue/core';
import { redisAway } from './redis-there.ts';
import { Refused } from './refused.ts';

/**
 * Waits for work that asks Redis, and no longer than this. A fault of Redis, or no answer, becomes a 503 with the fault
 * as its cause; what is refused stays as it is. The work itself is not stopped, and its late failure is nobody's news.
 */
export async function redisWork<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    work.catch(() => undefined);
    if (error instanceof Refused || error instanceof Refusal) throw error;
    throw new Refused(503, 'Redis does not answer as it should. Nothing is lost; try again in a moment.', {
      cause: error,
      title: redisAway,
    });
  } finally {
    clearTimeout(timer);
  }
}
