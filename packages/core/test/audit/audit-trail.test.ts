import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { type AuditStart, AuditTrail, auditKey } from '../../src/audit/audit-trail.ts';
import { defineScript } from '../../src/redis/script.ts';

leakGuard();

describe('The audit trail', () => {
  let server: Awaited<ReturnType<typeof testRedis>>;
  let redis: Redis;
  let count = 0;

  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** An empty one. */
  function newTrail(): { trail: AuditTrail; key: string } {
    count += 1;
    const prefix = `${server.prefix}-${count}`;
    return { trail: new AuditTrail(redis, prefix), key: auditKey(prefix) };
  }

  const hold: AuditStart = { action: 'hold', who: 'ada', role: 'operator', target: 'r-1', reason: 'ticket 4711' };

  test('has an action before it is done, and in its place what became of it', async () => {
    const { trail } = newTrail();
    const begun = await trail.begin(hold);
    expect((await trail.page({}, { limit: 10 })).entries).toEqual([
      { ...hold, outcome: 'begun', place: begun.place, id: begun.fields.id, at: begun.fields.at },
    ]);
    const place = await trail.end(begun, { outcome: 'refused', detail: 'it has ended' });
    const { entries } = await trail.page({}, { limit: 10 });
    expect(entries).toEqual([
      { ...hold, outcome: 'refused', detail: 'it has ended', place, id: begun.fields.id, at: begun.fields.at },
    ]);
    expect(await trail.find(place)).toEqual(entries[0]);
    expect(await trail.find(begun.place)).toBeUndefined();
  });

  test('has an end once, however often it is sent (invariant 11)', async () => {
    const { trail, key } = newTrail();
    const begun = await trail.begin(hold);
    expect(await trail.end(begun, { outcome: 'done' })).not.toBe('');
    expect(await trail.end(begun, { outcome: 'done' })).toBe('');
    expect(await redis.xlen(key)).toBe(1);
  });

  test('has a beginning once, however often it is sent (invariant 11)', async () => {
    const { key } = newTrail();
    const begin = defineScript({ file: new URL('../../src/audit/begin.lua', import.meta.url), flags: ['allow-oom'] });
    const args = [1_000, 'one-id', 'action', 'hold', 'outcome', 'begun', 'at', '2027-01-31T08:00:00Z'];
    const first = await begin.run(redis, [key], args);
    expect(await begin.run(redis, [key], args)).toBe(first);
    expect(await redis.xlen(key)).toBe(1);
  });

  test('is read page by page, the newest first, and each entry once', async () => {
    const { trail } = newTrail();
    for (let number = 1; number <= 7; number += 1)
      await trail.note({ ...hold, target: `r-${number}` }, { outcome: 'done' });
    const targets: (string | undefined)[][] = [];
    let before: string | undefined;
    do {
      const page = await trail.page({}, { before, limit: 3 });
      targets.push(page.entries.map(({ target }) => target));
      before = page.next;
    } while (before !== undefined);
    expect(targets).toEqual([['r-7', 'r-6', 'r-5'], ['r-4', 'r-3', 'r-2'], ['r-1']]);
  });

  test('is asked for one person or one action', async () => {
    const { trail } = newTrail();
    await trail.note(hold, { outcome: 'done' });
    await trail.note({ ...hold, action: 'cancel' }, { outcome: 'done' });
    await trail.note({ ...hold, who: 'vera' }, { outcome: 'refused' });
    const asked = async (filter: object) =>
      (await trail.page(filter, { limit: 10 })).entries.map(({ who, action }) => `${who} ${action}`);
    expect(await asked({ who: 'ADA' })).toEqual(['ada cancel', 'ada hold']);
    expect(await asked({ action: 'hold' })).toEqual(['vera hold', 'ada hold']);
    expect(await asked({ who: 'vera', action: 'cancel' })).toEqual([]);
  });

  test('finds what is rare among thousands, and every entry for auditors', async () => {
    const { trail, key } = newTrail();
    await trail.note({ ...hold, who: 'vera' }, { outcome: 'done' });
    const pipeline = redis.pipeline();
    for (let number = 0; number < 2_500; number += 1) {
      pipeline.xadd(key, '*', 'id', `${number}`, 'action', 'hold', 'outcome', 'done', 'at', 'x', 'who', 'ada');
    }
    await pipeline.exec();
    expect((await trail.page({ who: 'vera' }, { limit: 10 })).entries).toHaveLength(1);
    let all = 0;
    for await (const _entry of trail.all({})) all += 1;
    expect(all).toBe(2_501);
  });

  test('can be written while memory is short, so that things can be stopped (invariant 12)', async () => {
    const { trail } = newTrail();
    const [, most = '0'] = (await redis.config('GET', 'maxmemory')) as string[];
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      await expect(redis.set(`${server.prefix}-probe`, 'x')).rejects.toThrow('OOM');
      expect((await trail.begin(hold)).place).toMatch(/^\d+-\d+$/);
    } finally {
      await redis.config('SET', 'maxmemory', most);
    }
  });

  test('leaves out what it cannot read, and does not fail of it', async () => {
    const { trail, key } = newTrail();
    await redis.xadd(key, '*', 'somebody', 'else');
    await trail.note(hold, { outcome: 'done' });
    expect((await trail.page({}, { limit: 10 })).entries).toHaveLength(1);
  });
});
