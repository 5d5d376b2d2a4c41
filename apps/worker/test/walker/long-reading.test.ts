import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtInSigner, createLearnosityClient, createTransport, type Transport } from '@session-queue/core';
import { consumerKeys, takeWalk } from '@session-queue/core/engine';
import { eventually, leakGuard, startTcpProxy, type TcpProxy } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Walker } from '../../src/walker/walker.ts';
import { Lab } from '../lab.ts';

leakGuard();

const leaseMs = 1_000;
/** Of which 1,000 are read at a time. */
const found = 40_000;
/** So that to read them takes longer than the lease: a slow Redis stands for millions of sessions. */
const slow = { toClient: { delayMs: 40 } };
const retentionMs = 60_000;

let lab: Lab;
let proxy: TcpProxy;
let transport: Transport;
let id: string;
let walkers: Walker[];
let connections: Redis[];

beforeEach(async () => {
  lab = await Lab.start();
  proxy = await startTcpProxy({ target: lab.server.url, faults: slow });
  transport = createTransport();
  walkers = [];
  connections = [];
  const breakdown = { by: 'activityId', values: ['maths'] } as const;
  const asked = { filter: { userIds: ['nobody'] }, breakdown: { ...breakdown, values: [...breakdown.values] } };
  ({ id } = await lab.client.select(asked));
  // As whoever walked before has left it.
  for (let n = 0; n < found; n += 1_000) {
    const packed = Array.from({ length: 1_000 }, () => Buffer.from(randomUUID().replaceAll('-', ''), 'hex'));
    await lab.redis.rpush(`${record()}:items`, ...packed);
  }
});
afterEach(async () => {
  await Promise.all(walkers.map((walker) => walker.stop()));
  for (const connection of connections) connection.disconnect();
  transport.stop();
  await proxy.close();
  await lab.stop();
});

const record = () => `session-queue:{default}:selection:${id}`;
const keysOf = (redis: Redis) => consumerKeys(redis, 'session-queue', 'default');
const token = async () => await lab.redis.hget(record(), 'token');
const reads = async () => Number(/cmdstat_lrange:calls=(\d+)/.exec(await lab.redis.info('commandstats'))?.[1] ?? 0);

function start(): Walker {
  const connection = new Redis(proxy.url, { maxRetriesPerRequest: null });
  connections.push(connection);
  const consumer = lab.consumer();
  const walker = new Walker({
    keys: keysOf(connection),
    client: createLearnosityClient({ account: consumer, transport, signer: builtInSigner }),
    quota: consumer.quotas.metadata,
    signal: new AbortController().signal,
    deadlineMs: 5_000,
    retentionMs,
    leaseMs,
    logger: pino({ level: 'silent' }),
  });
  walkers.push(walker);
  walker.start();
  return walker;
}

/** Waits until somebody reads what was found, and is at its beginning. */
async function reading(): Promise<string> {
  const before = await reads();
  await eventually(async () => (await reads()) > before + 3 || undefined, { timeoutMs: 10_000 });
  return (await token()) ?? '';
}

describe('a walk whose reading of what was found takes longer than its lease', () => {
  test('stays with who reads, is divided too, and comes to its end beside another worker', async () => {
    start();
    start();
    const holders = new Set<string>();
    const began = performance.now();
    const view = await eventually(
      async () => {
        const holder = await token();
        if (holder !== null) holders.add(holder);
        const standing = await lab.client.getSelection(id);
        return standing.state === 'ready' ? standing : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(view).toMatchObject({ count: found, breakdown: { values: [{ inSelection: 0 }], other: found } });
    expect(holders.size).toBe(1);
    // Else this would prove nothing: it is read once before the walk, and once to divide it.
    expect(performance.now() - began).toBeGreaterThan(3 * leaseMs);
  }, 40_000);

  test('is read no further once somebody else has it', async () => {
    start();
    await reading();
    await lab.redis.zadd('session-queue:{default}:walks', 1, id);
    const claim = await takeWalk(keysOf(lab.redis), 'somebody else', 60_000);
    expect(claim.is).toBe('walk');
    const before = await reads();
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
    const after = await reads();
    expect(after - before).toBeLessThan(20);
    expect(await token()).toBe('somebody else');
    expect(await lab.client.getSelection(id)).toMatchObject({ state: 'walking' });
  }, 20_000);

  test('is given back at once by a worker that stops', async () => {
    const walker = start();
    await reading();
    await walker.stop();
    expect(await token()).toBeNull();
    expect((await takeWalk(keysOf(lab.redis), 'the next')).is).toBe('walk');
  }, 20_000);
});
