import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { Announcements } from '../../src/consumers/announcements.ts';
import { readWorkers, type WorkerSign } from '../../src/figures/worker-signs.ts';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => redis.flushall());

const sign: WorkerSign = {
  host: 'node-1',
  pid: 7,
  version: '0.1.0',
  node: 'v20.20.0',
  startedAt: '2026-11-28T08:00:00.000Z',
};
const consumers = [{ name: 'default', identity: 'one' }];
const announce = (worker: string) => new Announcements(redis, 'test').announce(worker, consumers, { sign });
const age = async (worker: string, ms: number) => {
  const text = (await redis.hget('{test}:workers', worker)) ?? '';
  const [, seen, until, rest] = /^(\d+) (\d+) (.*)$/.exec(text) ?? [];
  await redis.hset('{test}:workers', worker, `${Number(seen) - ms} ${Number(until) - ms} ${rest}`);
};

describe('workers', () => {
  test('say what they are with each announcement', async () => {
    await announce('one');
    const [worker] = await readWorkers(redis, 'test');
    expect(worker).toMatchObject({ id: 'one', isAlive: true, ...sign });
    expect(Math.abs((worker?.seenAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('that died are remembered for an hour, and forgotten when a new one comes', async () => {
    await announce('one');
    await announce('two');
    await age('one', 31_000);
    expect((await readWorkers(redis, 'test')).map(({ id, isAlive }) => [id, isAlive])).toEqual([
      ['two', true],
      ['one', false],
    ]);
    await age('one', 3_600_000);
    expect((await readWorkers(redis, 'test')).map(({ id }) => id)).toEqual(['two']);
    await announce('three');
    expect((await redis.hkeys('{test}:workers')).sort()).toEqual(['three', 'two']);
  });

  test('that stop take their leave', async () => {
    await announce('one');
    await new Announcements(redis, 'test').withdraw('one', consumers);
    expect(await readWorkers(redis, 'test')).toEqual([]);
  });

  test('that clash say nothing', async () => {
    await announce('one');
    const clash = [{ name: 'default', identity: 'another' }];
    expect(await new Announcements(redis, 'test').announce('two', clash, { sign })).toMatchObject({ is: 'two keys' });
    expect((await readWorkers(redis, 'test')).map(({ id }) => id)).toEqual(['one']);
  });
});
