import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, createLogger } from '@session-queue/core';
import { eventually, freePort, type RedisOptions, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import type { Store } from './store.ts';

const nodes = 3;
const slots = 16_384;
const formedWithinMs = 30_000;

const cluster = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '2000',
  // While one node is away the others go on: its consumers wait, and nobody else.
  'cluster-require-full-coverage': 'no',
};

/** Three masters on loopback, a third of the slots each, each with an AOF of its own. */
export async function startRedisCluster(options: RedisOptions): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-cluster-'));
  const settingsOf = (n: number) => join(folder, `node-${n}.conf`);
  const servers: RedisServer[] = [];
  const busPorts: number[] = [];
  const url = (port: number) => `redis+cluster://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let n = 0; n < nodes; n += 1) {
      await writeFile(settingsOf(n), '');
      const busPort = await freePort();
      busPorts.push(busPort);
      const own = { 'cluster-port': String(busPort), include: settingsOf(n) };
      servers.push(await startRedis({ ...options, config: { ...options.config, ...cluster, ...own } }));
    }
    await withNodes(servers, (all) => form(all, busPorts));
  } catch (error) {
    await stop();
    throw error;
  }
  const [redis] = servers;
  if (redis === undefined) throw new Error('a cluster has nodes');
  return {
    redis,
    servers,
    doorPort: redis.port,
    urlAt: url,
    connect: () => connectRedis({ url: url(redis.port) }, 'worker', createLogger({ level: 'silent', name: 'harness' })),
    announce: async (ports) => {
      await withNodes(servers, async (all) => {
        for (const [n, node] of all.entries()) {
          const settings = { 'cluster-announce-port': ports[n] ?? 0, 'cluster-announce-bus-port': busPorts[n] ?? 0 };
          // For now, and for its next start.
          for (const [name, value] of Object.entries(settings)) await node.config('SET', name, value);
          const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
          await writeFile(settingsOf(n), lines.join(''));
        }
        await eventually(() => everyone(all, (view) => ports.every((port) => view.includes(`:${port}@`))), {
          what: 'every node knows the ports of all',
          timeoutMs: formedWithinMs,
        });
      });
    },
    stop,
  };
}

async function withNodes(servers: readonly RedisServer[], work: (nodes: Redis[]) => Promise<void>): Promise<void> {
  const all = servers.map(({ url }) => new Redis(url));
  try {
    await work(all);
  } finally {
    for (const node of all) node.disconnect();
  }
}

async function form(all: Redis[], busPorts: readonly number[]): Promise<void> {
  const first = [all[0]?.options.port, busPorts[0]].map(String);
  const share = Math.ceil(slots / all.length);
  for (const [n, node] of all.entries()) {
    await node.call('cluster', ['ADDSLOTSRANGE', String(n * share), String(Math.min(slots, (n + 1) * share) - 1)]);
    // Epochs of their own keep the nodes from quarrelling about who is newer.
    await node.call('cluster', ['SET-CONFIG-EPOCH', String(n + 1)]);
    if (n > 0) await node.call('cluster', ['MEET', '127.0.0.1', ...first]);
  }
  await eventually(
    async () =>
      (await everyone(all, (view) => view.match(/ connected \d/g)?.length === all.length)) && (await areOk(all)),
    {
      what: 'the cluster is formed',
      timeoutMs: formedWithinMs,
    },
  );
}

async function everyone(all: Redis[], test: (view: string) => boolean): Promise<boolean> {
  const views = await Promise.all(all.map(async (node) => String(await node.call('cluster', ['NODES']))));
  return views.every(test);
}

async function areOk(all: Redis[]): Promise<boolean> {
  const infos = await Promise.all(all.map(async (node) => String(await node.call('cluster', ['INFO']))));
  return infos.every((info) => info.includes('cluster_state:ok') && info.includes(`cluster_slots_assigned:${slots}`));
}
