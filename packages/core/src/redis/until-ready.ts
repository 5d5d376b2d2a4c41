import type { RedisConnection } from './script.ts';

/** Resolves once the connection is ready for commands; rejects when it is not within the time. */
export async function untilRedisReady(connection: RedisConnection, withinMs: number): Promise<void> {
  if (connection.status === 'ready') return;
  let timer: NodeJS.Timeout | undefined;
  let onReady: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      onReady = resolve;
      connection.once('ready', resolve);
      timer = setTimeout(() => reject(new Error(`Redis was not ready within ${withinMs} ms`)), withinMs);
    });
  } finally {
    clearTimeout(timer);
    if (onReady !== undefined) connection.off('ready', onReady);
  }
}
