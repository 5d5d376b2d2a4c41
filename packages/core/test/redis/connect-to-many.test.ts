import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  findServerBinary,
  freePort,
  leakGuard,
  type RedisServer,
  startRedis,
} from '@session-queue/testing';
import { Cluster } from 'ioredis';
import type { RedisRole } from '../../src/redis/connect.ts';
import { capturedLog } from './captured-log.ts';
import { connect, connectReady } from './connections.ts';
import { startRedisCluster } from './redis-cluster.ts';

leakGuard();

describe('a cluster', () => {
  let servers: RedisServer[];
  beforeAll(async () => {
    servers = await startRedisCluster(2);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  const url = (): string => `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;

  test.each<RedisRole>(['worker', 'producer'])('is reached by its first nodes (%s)', async (role) => {
    const redis = await connectReady({ url: url() }, role);
    expect(redis).toBeInstanceOf(Cluster);
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(await redis.set(key, key)).toBe('OK');
  });

  test('that hangs is given up by a producer in time for a 503 (5 s)', async () => {
    const redis = await connectReady({ url: url() }, 'producer');
    await redis.set('a', '1');
    for (const server of servers) await server.kill('SIGSTOP');
    const from = performance.now();
    await expect(redis.get('a')).rejects.toThrow();
    expect(performance.now() - from).toBeLessThan(4_500);
    for (const server of servers) await server.kill('SIGCONT');
  });

  test('that nobody runs fails a producer at once, and is logged once', async () => {
    const { logger, lines } = capturedLog();
    const redis = connect({ url: `redis+cluster://127.0.0.1:${await freePort()}` }, 'producer', logger);
    await expect(redis.get('a')).rejects.toThrow();
    let attempts = 0;
    redis.on('reconnecting', () => {
      attempts += 1;
    });
    await eventually(() => attempts >= 3);
    expect(lines).toHaveLength(1);
  });
});

describe('sentinels', () => {
  test('lead to the master of the name, in its database', async () => {
    const server = await startRedis();
    const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, `port ${port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 ${server.port} 1\n`);
    const sentinel = spawn(findServerBinary(), [file, '--sentinel'], { stdio: 'ignore' });
    const exited = once(sentinel, 'exit');
    const redis = await connectReady({ url: `redis+sentinel://127.0.0.1:${port}/main/2` }, 'worker');
    await redis.set('where', 'db 2');
    expect(await redis.info('keyspace')).toContain('db2:keys=1');
    expect(await redis.info('server')).toContain(`tcp_port:${server.port}`);
    redis.disconnect();
    sentinel.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
    await server.stop();
  });
});
