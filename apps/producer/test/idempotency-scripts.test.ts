import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { IdempotencyRecords } from '../src/idempotency/idempotency-records.ts';

leakGuard();

describe('the idempotency scripts, run twice (invariant 11)', () => {
  let server: TestRedis;
  let redis: Redis;
  let records: IdempotencyRecords;
  let count = 0;
  let name: string;

  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url);
    records = new IdempotencyRecords({ redis, prefix: server.prefix, leaseMs: 60_000 });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    count += 1;
    name = `n${count}`;
  });

  const attempt = { digest: 'd', requestId: 'r1', owner: 'o1' };
  const done = { outcome: 'done', requestId: 'r1', answer: 'yes' };
  const rival = { digest: 'd', requestId: 'r2', owner: 'o2' };
  const stored = async () => await redis.hgetall(`${server.prefix}:idempotency:{${name}}`);

  test('begin: the same attempt begins again, with the id of the first time and without doubt', async () => {
    expect(await records.begin(name, attempt)).toEqual({ outcome: 'begun', requestId: 'r1' });
    expect(await records.begin(name, { ...attempt, requestId: 'r9' })).toEqual({ outcome: 'begun', requestId: 'r1' });
    expect(await stored()).not.toHaveProperty('doubt');
  });

  test('finish: the first answer stays', async () => {
    await records.begin(name, attempt);
    await records.finish(name, { requestId: 'r1', answer: 'yes' });
    await records.finish(name, { requestId: 'r1', answer: 'later counts' });
    expect(await records.begin(name, rival)).toEqual(done);
  });

  test('release: the second one changes nothing, also when another attempt stands by then', async () => {
    await records.begin(name, attempt);
    await records.release(name, 'o1', true);
    expect(await stored()).toEqual({});
    expect(await records.begin(name, rival)).toEqual({ outcome: 'begun', requestId: 'r2' });
    await records.release(name, 'o1', true);
    expect(await records.begin(name, attempt)).toMatchObject({ outcome: 'running', requestId: 'r2' });
  });

  test('a late release or renewal of a finished attempt leaves its answer', async () => {
    await records.begin(name, attempt);
    await records.finish(name, { requestId: 'r1', answer: 'yes' });
    await records.release(name, 'o1', true);
    expect(await records.renew(name, 'o1')).toBe(false);
    expect(await records.begin(name, rival)).toEqual(done);
  });

  test('an attempt that was taken over still brings in its answer, since the id is the same', async () => {
    await records.begin(name, attempt);
    await records.release(name, 'o1', false);
    expect(await records.begin(name, rival)).toEqual({ outcome: 'begun', requestId: 'r1' });
    expect(await records.renew(name, 'o1')).toBe(false);
    await records.finish(name, { requestId: 'r1', answer: 'yes' });
    expect(await records.begin(name, { ...rival, owner: 'o3' })).toEqual(done);
  });

  test('an answer about another request is not taken', async () => {
    await records.begin(name, attempt);
    await records.finish(name, { requestId: 'r7', answer: 'no' });
    expect(await records.begin(name, rival)).toMatchObject({ outcome: 'running' });
  });

  test('records are written while Redis is out of memory', async () => {
    await redis.config('SET', 'maxmemory', '1');
    try {
      expect(await records.begin(name, attempt)).toMatchObject({ outcome: 'begun' });
      await records.finish(name, { requestId: 'r1', answer: 'yes' });
      expect(await records.begin(name, rival)).toEqual(done);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });
});
