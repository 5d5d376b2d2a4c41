import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { Announcements } from '../../src/consumers/announcements.ts';

let server: RedisServer;
let redis: Redis;
let announcements: Announcements;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  announcements = new Announcements(redis, 'test');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => redis.flushall());

const consumers = [{ name: 'default', identity: 'one' }];
const sign = { host: 'node-1', pid: 7, version: '0.1.0', node: 'v20.20.0', startedAt: '2026-11-28T08:00:00.000Z' };
const announce = async (worker: string) => {
  await announcements.announce(worker, consumers, { sign });
  return await announcements.countedSince();
};
/** A worker of a version without figures gives no sign. */
const announceOld = async (worker: string) => await announcements.announce(worker, consumers);
const nextMs = async () => await new Promise((resolve) => setTimeout(resolve, 2));

describe('since when every worker counts what it moves', () => {
  test('is the first announcement of one, and stays with those that join, come again, or stop', async () => {
    const since = await announce('one');
    expect(Math.abs(since - Date.now())).toBeLessThan(60_000);
    await nextMs();
    expect(await announce('two')).toBe(since);
    expect(await announce('one')).toBe(since);
    await announcements.withdraw('one', consumers);
    await nextMs();
    expect(await announce('two')).toBe(since);
  });

  test('is unknown while one lives that does not, and the announcement after its end then', async () => {
    await announceOld('old');
    expect(await announce('one')).toBe(0);
    expect(await announce('two')).toBe(0);
    await redis.hdel('{test}:announcements', 'default\told');
    expect(await announce('one')).toBeGreaterThan(0);
  });

  test('begins again with one that joins, and with one that was killed once its announcement has run out', async () => {
    const since = await announce('one');
    await announceOld('old');
    expect(await announce('one')).toBe(0);
    await redis.hset('{test}:announcements', 'default\told', `one\t${Date.now() - 1_000}`);
    await nextMs();
    expect(await announce('one')).toBeGreaterThan(since);
  });

  test('begins again after a time in which none that counts ran: who knows which others did', async () => {
    const since = await announce('one');
    await announcements.withdraw('one', consumers);
    await nextMs();
    expect(await announce('two')).toBeGreaterThan(since);
  });
});
