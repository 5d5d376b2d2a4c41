import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { BusyConsumers } from '../../src/consumers/busy-consumers.ts';

leakGuard();

let server: RedisServer;
let redis: Redis;
let busy: BusyConsumers;
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
  busy = new BusyConsumers(redis, 'test');
});

async function marksSent(work: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT');
  await work();
  return Number(/^cmdstat_sadd:calls=(\d+)/m.exec(await redis.info('commandstats'))?.[1] ?? 0);
}

test('marks on their way to Redis are waited for, and not sent again', async () => {
  const ways = ['north', 'north', 'south', 'north'];
  expect(await marksSent(() => Promise.all(ways.map((name) => busy.mark(name))))).toBe(2);
  expect((await busy.list()).sort()).toEqual(['north', 'south']);
  expect(await marksSent(() => busy.mark('north'))).toBe(1);
});

test('a mark after an unmark is sent, though the one before it is still on its way', async () => {
  await Promise.all([busy.mark('north'), busy.unmark('north'), busy.mark('north')]);
  expect(await busy.list()).toEqual(['north']);
});

test('a mark that fails fails whoever waits for it, and the next is sent', async () => {
  await redis.set('{test}:busy', 'no set');
  const marks = await Promise.allSettled([busy.mark('north'), busy.mark('north')]);
  expect(marks.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await redis.del('{test}:busy');
  await busy.mark('north');
  expect(await busy.list()).toEqual(['north']);
});
