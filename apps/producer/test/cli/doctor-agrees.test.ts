import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket, connect as tcp } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { checkSystem, connectRedis, createLogger, type RedisConnection, untilRedisReady } from '@session-queue/core';
import { Announcements } from '@session-queue/core/engine';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { redisProblems } from '../../src/server/redis-problems.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';
import { runCommand } from '../support/test-terminal.ts';

leakGuard();

const prefix = 'agree';
const north = { name: 'north', identity: 'key 1' };
const remembered = Date.now;

let server: RedisServer;
let redis: Redis;
let liar: Server;
let saysAppendFailed = false;
let url = '';
let connection: RedisConnection;
let producer: TestProducer;
const sockets = new Set<Socket>();

/** Lets all through, and makes of an append-only file that is written well one that is not, which a disk alone could. */
function between(port: number): Server {
  return createServer((socket) => {
    const upstream = tcp(port, '127.0.0.1');
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end
        .on('error', () => undefined)
        .on('close', () => {
          socket.destroy();
          upstream.destroy();
        });
    }
    socket.pipe(upstream);
    upstream.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const told = saysAppendFailed ? text.replace('aof_last_write_status:ok', 'aof_last_write_status:no') : text;
      socket.write(told, 'latin1');
    });
  });
}

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  liar = between(server.port);
  await new Promise<void>((listening) => liar.listen(0, '127.0.0.1', listening));
  url = `redis://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  connection = connectRedis({ url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
  await untilRedisReady(connection, 5_000);
  const checkReadiness = async () => {
    const health = await checkSystem(connection, prefix);
    return { ...health, problems: redisProblems(health.problems) };
  };
  const queue = new MemoryQueue();
  queue.known = ['north'];
  producer = await startProducer({ queue, checkReadiness });
});
afterAll(async () => {
  await producer.stop();
  connection.disconnect();
  redis.disconnect();
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => liar.close(closed));
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await new Announcements(redis, prefix).announce('one', [north]);
});
afterEach(async () => {
  jest.restoreAllMocks();
  saysAppendFailed = false;
  await redis.replicaof('NO', 'ONE');
  await redis.config('SET', 'appendonly', 'yes');
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  await redis.config('SET', 'maxmemory', '0');
  await redis.config('SET', 'min-replicas-to-write', '0');
});

/** How full Redis is changes from one moment to the next. */
function comparable(text: string): string {
  return text.replace(/\d+ %/, 'N %');
}

/** The doctor's findings that are not fine, as level, what and remedy, without the names of consumers. */
async function toMend(...args: string[]): Promise<string[]> {
  const { stdout } = await runCommand(['doctor', '--json', ...args], { environment: {} });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; what: string; remedy?: string })
    .filter(
      ({ level, what }) =>
        level !== 'ok' && what !== 'It is not ready' && !what.startsWith('The clock of the producer'),
    )
    .map(({ level, what, remedy }) => comparable(`${level} ${what.replace(/(that had one) \(.*\)$/, '$1')}: ${remedy}`))
    .sort();
}

interface Told {
  problems?: { message: string }[];
  warnings?: { level: string; message: string }[];
}

test('nothing is to be mended where all is well', async () => {
  expect(await toMend('--redis', url, '--prefix', prefix)).toEqual([]);
  expect(await toMend('--url', producer.url)).toEqual([]);
  expect((await producer.fetch('/readyz')).status).toBe(200);
});

test.each<[string, number, RegExp, () => Promise<unknown>]>([
  [
    'may evict',
    503,
    /^bad maxmemory-policy is allkeys-lru/,
    async () => await redis.config('SET', 'maxmemory-policy', 'allkeys-lru'),
  ],
  [
    'keeps no append-only file',
    503,
    /^bad appendonly is off/,
    async () => await redis.config('SET', 'appendonly', 'no'),
  ],
  ['is short of memory', 503, /^bad memory is short/, async () => await redis.config('SET', 'maxmemory', '1')],
  [
    'is a replica',
    503,
    /^bad Redis takes no writes \(it is a replica\)/,
    async () => await redis.replicaof('127.0.0.1', '1'),
  ],
  [
    'lacks replicas',
    503,
    /^bad Redis takes no writes \(NOREPLICAS\)/,
    async () => await redis.config('SET', 'min-replicas-to-write', '1'),
  ],
  [
    'cannot write its append-only file',
    503,
    /^bad the last write to the append-only file failed/,
    async () => {
      saysAppendFailed = true;
    },
  ],
  [
    'has another time',
    200,
    /^warn The clock of Redis is 1\d\.\d s behind this machine's/,
    async () => jest.spyOn(Date, 'now').mockImplementation(() => remembered() + 10_200),
  ],
  [
    'has no worker',
    200,
    /^bad No worker is alive under the prefix agree, no consumer/,
    async () => await redis.flushall(),
  ],
  [
    'has lost its last worker',
    200,
    /^bad No worker is alive under the prefix agree, requests wait/,
    async () => await redis.del(`{${prefix}}:announcements`),
  ],
  [
    'has a consumer that no worker knows',
    200,
    /^warn No living worker knows 1 consumer that had one/,
    async () => await redis.sadd(`{${prefix}}:consumers`, 'south'),
  ],
])('doctor and /readyz say the same of a Redis that %s', async (_what, status, said, spoil) => {
  await spoil();
  const overRedis = await toMend('--redis', url, '--prefix', prefix);
  const overHttp = await toMend('--url', producer.url);
  const response = await producer.fetch('/readyz');
  const { problems = [], warnings = [] } = (await response.json()) as Told;
  const readyz = [
    ...problems.map(({ message }) => `bad ${message}`),
    ...warnings.map(({ level, message }) => `${level} ${message}`),
  ]
    .map(comparable)
    .sort();
  expect(overRedis).toEqual([expect.stringMatching(said)]);
  expect(readyz).toEqual(overRedis);
  expect(overHttp).toEqual(overRedis);
  expect(response.status).toBe(status);
  expect(JSON.stringify({ problems, warnings })).not.toContain('south');
});
