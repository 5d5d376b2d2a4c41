import { afterEach } from '@jest/globals';
import { connectRedis, type RedisRole, type RedisSettings } from '../../src/redis/connect.ts';
import type { RedisConnection } from '../../src/redis/script.ts';
import { untilRedisReady } from '../../src/redis/until-ready.ts';
import { capturedLog } from './captured-log.ts';

const connections: RedisConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.disconnect();
});

/** Ended after the test. */
export function connect(settings: RedisSettings, role: RedisRole, logger = capturedLog().logger): RedisConnection {
  const connection = connectRedis(settings, role, logger);
  connections.push(connection);
  return connection;
}

export async function connectReady(settings: RedisSettings, role: RedisRole): Promise<RedisConnection> {
  const connection = connect(settings, role);
  await untilRedisReady(connection, 5_000);
  return connection;
}

/** Resolves when it closes; `once` would fail at the error before. */
export async function closing(connection: RedisConnection): Promise<void> {
  await new Promise<void>((resolve) => {
    connection.once('close', resolve);
  });
}
