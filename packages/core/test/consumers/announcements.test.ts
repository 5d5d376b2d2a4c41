import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { Announcements, announcementMs } from '../../src/consumers/announcements.ts';
import { StutteringRedis } from '../requests/stuttering-redis.ts';

leakGuard();

let server: RedisServer;
let redis: Redis;
let announcements: Announcements;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  announcements = new Announcements(redis, 'test');
});

const key = '{test}:announcements';
const school = { name: 'school', identity: 'key 1' };
const college = { name: 'college', identity: 'key 2' };

/** Lets time pass for what was announced. */
async function age(ms: number): Promise<void> {
  for (const [field, value] of Object.entries(await redis.hgetall(key))) {
    const [identity, until] = value.split('\t');
    await redis.hset(key, field, `${identity}\t${Number(until) - ms}`);
  }
}

describe('workers with the same consumers', () => {
  test('live together, and all consumers are known by name, in order', async () => {
    expect(await announcements.names()).toEqual([]);
    expect(await announcements.announce('one', [school, college])).toBeUndefined();
    expect(await announcements.announce('two', [school, college])).toBeUndefined();
    expect(await announcements.announce('three', [{ name: 'academy', identity: 'key 3' }])).toBeUndefined();
    expect(await announcements.names()).toEqual(['academy', 'college', 'school']);
  });

  test('renew what they announced, for 30 s from now', async () => {
    await announcements.announce('one', [school]);
    await age(20_000);
    expect(await announcements.announce('one', [school])).toBeUndefined();
    const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
    const until = Number((await redis.hget(key, 'school\tone'))?.split('\t')[1]);
    expect(until - (seconds * 1_000 + microseconds / 1_000)).toBeGreaterThan(announcementMs - 1_000);
    expect(until - (seconds * 1_000 + microseconds / 1_000)).toBeLessThanOrEqual(announcementMs);
  });

  test('may say it twice with the same effect (invariant 11)', async () => {
    const stuttering = new StutteringRedis(server.url);
    expect(await stuttering.incr('sent')).toBe(2);
    const twice = new Announcements(stuttering, 'test');
    expect(await twice.announce('one', [school])).toBeUndefined();
    expect(await redis.hkeys(key)).toEqual(['school\tone']);
    await twice.withdraw('one', [school]);
    expect(await redis.exists(key)).toBe(0);
    stuttering.disconnect();
  });

  test('may have none', async () => {
    expect(await announcements.announce('one', [])).toBeUndefined();
    await announcements.withdraw('one', []);
    expect(await announcements.names()).toEqual([]);
  });
});

describe('a clash with a living worker', () => {
  beforeEach(async () => {
    await announcements.announce('one', [school, college]);
  });

  test('of two names with one key is named: they would share one quota without knowing', async () => {
    const twin = { name: 'twin', identity: school.identity };
    expect(await announcements.announce('two', [college, twin])).toEqual({ is: 'one key', names: ['twin', 'school'] });
  });

  test('of one name with two keys is named', async () => {
    const other = { name: 'school', identity: 'key 9' };
    expect(await announcements.announce('two', [college, other])).toEqual({
      is: 'two keys',
      names: ['school', 'school'],
    });
  });

  test('announces nothing of the worker that is refused', async () => {
    await announcements.announce('two', [
      { name: 'academy', identity: 'key 3' },
      { name: 'twin', identity: school.identity },
    ]);
    expect(await announcements.names()).toEqual(['college', 'school']);
    expect((await redis.hkeys(key)).sort()).toEqual(['college\tone', 'school\tone']);
  });

  test('is over when that worker has withdrawn', async () => {
    await announcements.withdraw('one', [school, college]);
    expect(await announcements.announce('two', [{ name: 'school', identity: 'key 9' }])).toBeUndefined();
  });

  test('is over when that worker died 30 s ago, and not before', async () => {
    const changed = [{ name: 'school', identity: 'key 9' }];
    await age(announcementMs - 2_000);
    expect(await announcements.announce('two', changed)).toMatchObject({ is: 'two keys' });
    await age(2_001);
    expect(await announcements.announce('two', changed)).toBeUndefined();
    expect(await redis.hkeys(key)).toEqual(['school\ttwo']);
  });

  test('is none with oneself: a worker may change its key and come again', async () => {
    expect(await announcements.announce('one', [{ name: 'school', identity: 'key 9' }, college])).toBeUndefined();
  });
});

test('one worker that has two names with one key is told so before it announces', async () => {
  const twin = { name: 'twin', identity: school.identity };
  expect(await announcements.announce('one', [school, college, twin])).toEqual({
    is: 'one key',
    names: ['school', 'twin'],
  });
  expect(await redis.exists(key)).toBe(0);
});

test('a consumer that was once announced stays known when all workers are gone: its requests wait', async () => {
  await announcements.announce('one', [school]);
  await announcements.withdraw('one', [school]);
  expect(await announcements.names()).toEqual(['school']);
});

test('workers are known with what each knows, until their announcement has run out', async () => {
  await announcements.announce('one', [school, college]);
  await announcements.announce('two', [school]);
  const now = Date.now();
  expect(await announcements.living(now)).toEqual(
    new Map([
      ['one', ['college', 'school']],
      ['two', ['school']],
    ]),
  );
  expect(await announcements.living(now + 2 * announcementMs)).toEqual(new Map());
});
