import type { Logger } from 'pino';
import type { RedisConnection } from './script.ts';

/**
 * Logs once that Redis went away and once that it came back, whatever number of errors lies between. It is also the
 * 'error' listener without which Node would end the process.
 */
export function logConnection(connection: RedisConnection, logger: Logger): void {
  let isAway = false;
  connection.on('error', (err: Error) => {
    if (isAway) return;
    isAway = true;
    logger.warn({ err }, 'Redis cannot be reached');
  });
  connection.on('close', () => {
    if (isAway || connection.status === 'end') return;
    isAway = true;
    logger.warn('the connection to Redis is lost');
  });
  connection.on('ready', () => {
    if (!isAway) return;
    isAway = false;
    logger.info('Redis is there again');
  });
}
