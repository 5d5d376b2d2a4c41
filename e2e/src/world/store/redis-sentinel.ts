import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, createLogger } from '@session-queue/core';
import {
  eventually,
  findServerBinary,
  freePort,
  type RedisOptions,
  type RedisServer,
  startRedis,
  startWatchdog,
} from '@session-queue/testing';
import { Redis } from 'ioredis';
import type { Store } from './store.ts';

export const masterName = 'lanes';
const downAfterMs = 2_000;
const readyWithinMs = 30_000;

/** A master and a replica on loopback, each with an AOF of its own, and one sentinel that decides alone. */
export async function startRedisSentinel(options: RedisOptions): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-sentinel-'));
  const servers: RedisServer[] = [];
  const doorPort = await freePort();
  const url = (port: number) => `redis+sentinel://127.0.0.1:${port}/${masterName}`;
  let endSentinel = async (): Promise<void> => undefined;
  const stop = async (): Promise<void> => {
    await endSentinel();
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const redis = await startRedis(options);
  servers.push(redis, await startRedis(options));
  return {
    redis,
    servers,
    doorPort,
    urlAt: url,
    connect: () => connectRedis({ url: url(doorPort) }, 'worker', createLogger({ level: 'silent', name: 'harness' })),
    announce: async (ports) => {
      await follow(servers, ports);
      endSentinel = await startSentinel(folder, doorPort, ports[0] ?? 0);
      await sentinelKnows(doorPort);
    },
    stop,
  };
}

/** The second becomes the replica of the first; each says where its tap is. */
async function follow(servers: readonly RedisServer[], ports: readonly number[]): Promise<void> {
  for (const [n, server] of servers.entries()) {
    const node = new Redis(server.url);
    try {
      await node.config('SET', 'replica-announce-ip', '127.0.0.1');
      await node.config('SET', 'replica-announce-port', ports[n] ?? 0);
      if (n === 0) continue;
      await node.replicaof('127.0.0.1', ports[0] ?? 0);
      await eventually(async () => (await node.info('replication')).includes('master_link_status:up'), {
        what: 'the replica follows',
        timeoutMs: readyWithinMs,
      });
    } finally {
      node.disconnect();
    }
  }
}

async function startSentinel(folder: string, port: number, masterPort: number): Promise<() => Promise<void>> {
  const settings = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `logfile ${join(folder, 'sentinel.log')}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
    `sentinel failover-timeout ${masterName} 10000`,
  ];
  await writeFile(settings, `${lines.join('\n')}\n`);
  const child = spawn(findServerBinary(), [settings, '--sentinel'], { stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('the sentinel did not start');
  const unwatch = startWatchdog(child.pid, folder);
  const ended = once(child, 'exit');
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    unwatch();
  };
}

async function sentinelKnows(port: number): Promise<void> {
  const sentinel = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null });
  sentinel.on('error', () => undefined);
  try {
    await eventually(async () => String(await sentinel.call('sentinel', ['REPLICAS', masterName])).includes('ok'), {
      what: 'the sentinel knows the replica',
      timeoutMs: readyWithinMs,
    });
  } finally {
    sentinel.disconnect();
  }
}
