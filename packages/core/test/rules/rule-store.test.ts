import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import { redisNow } from '../../src/redis/redis-now.ts';
import type { RuleInput } from '../../src/rules/rule.ts';
import { RuleStore, type StoredRule } from '../../src/rules/rule-store.ts';

let server: RedisServer;
let redis: Redis;
let client: SessionQueueClient;
let store: RuleStore;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  client = new SessionQueueClient({ redis });
  store = new RuleStore(redis, 'session-queue');
});
beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  await client.close();
  redis.disconnect();
  await server.stop();
});

const input: RuleInput = {
  filter: { completed: { olderThan: 'P3Y' } },
  schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  mode: 'report',
  reason: 'retention',
};

async function stored(name = 'old'): Promise<StoredRule> {
  const found = await store.find(name);
  if (found === undefined) throw new Error(`no rule ${name}`);
  return found;
}

/** As if its time had come while no worker lived. */
async function due(name: string, ms: number): Promise<void> {
  await redis.hset(`{session-queue}:rule:${name}`, 'due', ms);
}

describe('a rule', () => {
  test('is set, shown, listed and removed, and says who set it and when it is due', async () => {
    const rule = await client.rules.putRule('old', input, { by: 'privacy-desk' });
    expect(rule).toMatchObject({
      name: 'old',
      consumer: 'default',
      enabled: true,
      updatedBy: 'privacy-desk',
      ...input,
    });
    expect(Date.parse(rule.next ?? '')).toBeGreaterThan(Date.now());
    expect(await client.rules.getRule('old')).toEqual(rule);
    expect(await client.rules.listRules()).toEqual([rule]);
    expect(await client.rules.listRules({ consumers: ['north'] })).toEqual([]);
    await client.rules.removeRule('old');
    expect(await client.rules.listRules()).toEqual([]);
    for (const call of ['getRule', 'removeRule', 'ruleRuns'] as const)
      await expect(client.rules[call]('old')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that is set twice is one rule, and the second time changes nothing (invariant 11)', async () => {
    const first = await client.rules.putRule('old', input);
    const { revision } = await stored();
    expect(await client.rules.putRule('old', input)).toEqual(first);
    expect((await stored()).revision).toBe(revision);
  });

  test('that is disabled is never due, and does not run; enabled again it is due when its schedule says', async () => {
    const { next } = await client.rules.putRule('old', input);
    await client.rules.putRule('old', { ...input, enabled: false });
    expect((await client.rules.getRule('old')).next).toBeUndefined();
    await expect(client.rules.runRule('old')).rejects.toMatchObject({ code: 'conflict' });
    expect(Date.parse(next ?? '')).toBeGreaterThan(Date.now());
    expect((await client.rules.putRule('old', input)).next).toBe(next);
  });

  test('that was due keeps its time when something else of it is changed, and loses it with another schedule', async () => {
    await client.rules.putRule('old', input);
    await due('old', 1_000);
    expect((await client.rules.putRule('old', { ...input, reason: 'other words' })).next).toBe(
      '1970-01-01T00:00:01.000Z',
    );
    const moved = await client.rules.putRule('old', { ...input, schedule: { every: 'P1D' } });
    expect(Date.parse(moved.next ?? '')).toBeGreaterThan(Date.now());
  });

  test('never becomes the rule of another consumer', async () => {
    await client.rules.putRule('old', input);
    await expect(client.rules.putRule('old', { ...input, consumer: 'north' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test.each<[string, object, string]>([
    ['a rule that deletes without a cap', { mode: 'delete' }, 'cap'],
    ['a cap of a rule that deletes nothing', { cap: 5 }, 'cap'],
    ['no reason', { reason: undefined }, 'reason'],
    ['a schedule that never comes', { schedule: { cron: '0 0 31 4 *' } }, 'schedule.cron'],
    ['a filter of every session', { filter: {} }, 'filter'],
  ])('is refused: %s', async (_what, change, field) => {
    const wrong = { ...input, ...change };
    await expect(client.rules.putRule('old', wrong)).rejects.toMatchObject({ code: 'invalid', field });
  });

  test('shows what it would do today and when it comes next, and nothing is due by it', async () => {
    await client.rules.putRule('old', { ...input, enabled: false });
    const { selection, next } = await client.rules.previewRule('old');
    expect(selection).toMatchObject({ state: 'walking', requestedBy: 'rule old' });
    expect(next).toHaveLength(5);
    expect(next.toSorted()).toEqual(next);
    expect(await client.rules.ruleRuns('old')).toEqual([]);
  });
});

describe('a run', () => {
  test('is begun once by whoever sees that it is due, and the rule is due again later (invariant 11)', async () => {
    await client.rules.putRule('old', input);
    await due('old', 60_000);
    const seen = await stored();
    const begun = await Promise.all([1, 2, 3].map(() => store.beginRun(seen, 60_000, { due: 60_000 })));
    expect(begun.map(({ is }) => is).toSorted()).toEqual(['begun', 'there', 'there']);
    expect(await client.rules.ruleRuns('old')).toHaveLength(1);
    expect((await stored()).due).toBeGreaterThan(await redisNow(redis));
  });

  test('is not begun by who has read a rule that was changed since', async () => {
    await client.rules.putRule('old', input);
    await due('old', 60_000);
    const seen = await stored();
    // It is due as before: only its revision tells.
    await client.rules.putRule('old', { ...input, reason: 'other words' });
    expect(await store.beginRun(seen, 60_000, { due: 60_000 })).toEqual({ is: 'changed' });
    await client.rules.putRule('old', { ...input, enabled: false });
    expect(await store.beginRun(seen, 60_000, { due: 60_000 })).toEqual({ is: 'changed' });
    expect(await client.rules.ruleRuns('old')).toEqual([]);
  });

  test('of many that were missed is one: the last moment catches up', async () => {
    await client.rules.putRule('old', { ...input, schedule: { every: 'P1D' } });
    await due('old', 24 * 3600 * 1000);
    await store.beginRun(await stored(), 24 * 3600 * 1000, { due: 24 * 3600 * 1000 });
    expect((await stored()).due).toBeGreaterThan(Date.now());
  });

  test('that is due while the one before is under way is skipped, and says so', async () => {
    await client.rules.putRule('old', input);
    const first = await client.rules.runRule('old', { by: 'privacy-desk' });
    expect(first).toMatchObject({ state: 'selecting', mode: 'report', by: 'privacy-desk' });
    await due('old', 60_000);
    expect(await store.beginRun(await stored(), 60_000, { due: 60_000 })).toEqual({ is: 'skipped' });
    const skipped = (await client.rules.ruleRuns('old')).find(({ state }) => state === 'skipped');
    expect(skipped).toMatchObject({ error: { code: 'under_way' } });
    // By hand it is shown the one that is under way.
    expect(await client.rules.runRule('old')).toEqual(first);
  });

  test('ends once, and lets the next one begin', async () => {
    await client.rules.putRule('old', input);
    const { moment } = await client.rules.runRule('old');
    const at = Date.parse(moment);
    const found = await store.findRun('old', at);
    if (found === undefined) throw new Error('no run');
    const ended = { ...found.run, state: 'nothing' as const, finishedAt: moment };
    expect(await store.endRun('old', found, ended)).toBe(true);
    expect(await store.endRun('old', found, { ...ended, state: 'failed' })).toBe(false);
    expect((await client.rules.getRule('old')).lastRun).toMatchObject({ state: 'nothing' });
    expect((await stored()).open).toBeUndefined();
  });

  test('is remembered among the last 50, also of a rule that was removed while it runs', async () => {
    await client.rules.putRule('old', input);
    for (let i = 1; i <= 53; i += 1) {
      await due('old', i);
      await store.beginRun(await stored(), i, { due: i });
    }
    const runs = await client.rules.ruleRuns('old');
    // The first one is under way, and stays whatever comes.
    expect(runs.map(({ moment }) => Date.parse(moment))).toEqual([...Array.from({ length: 49 }, (_, i) => 53 - i), 1]);
    await client.rules.removeRule('old');
    expect(await client.rules.ruleRuns('old')).toHaveLength(50);
    await expect(client.rules.getRule('old')).rejects.toMatchObject({ code: 'not_found' });
    // It is seen to its end, and goes with it.
    expect(await store.list()).toMatchObject([{ name: 'old', open: 1, due: undefined, isRemoved: true }]);
    const found = await store.findRun('old', 1);
    if (found === undefined) throw new Error('no run');
    await store.endRun('old', found, { ...found.run, state: 'skipped' });
    expect(await store.list()).toEqual([]);
  });
});
