import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RuleView, SessionQueueClient } from '@session-queue/core';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import type { Caller } from '../src/auth/caller.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer, testCaller } from './support/test-producer.ts';

leakGuard();

let server: TestRedis;
let redis: Redis;
let queue: SessionQueueClient;
let producer: TestProducer;
beforeAll(async () => {
  server = await testRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  queue = new SessionQueueClient({ redis, prefix: server.prefix });
  // A token is a list of consumers; `all` is for every one.
  const findCaller = (token: string): Caller | undefined =>
    testCaller('desk', token === 'all' ? {} : { consumers: token.split(',') });
  producer = await startProducer({ queue, findCaller, redis, prefix: server.prefix });
});
afterAll(async () => {
  await producer.stop();
  await queue.close();
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  for (const { name } of await queue.rules.listRules()) await queue.rules.removeRule(name);
});

const rule = {
  consumer: 'north',
  filter: { userIds: ['private-learner'], completed: { olderThan: 'P3Y' } },
  schedule: { every: 'P1D' },
  mode: 'report',
  reason: 'private reason',
};

async function call(method: string, path: string, { token = 'all', body }: { token?: string; body?: object } = {}) {
  return await producer.fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

describe('a rule over HTTP', () => {
  test('is set by whom the token names, and nothing private of it is logged', async () => {
    const put = await call('PUT', '/v1/rules/old', { body: rule });
    expect(put.status).toBe(200);
    expect((await put.json()) as RuleView).toMatchObject({ ...rule, name: 'old', updatedBy: 'desk' });
    await producer.logEntry({ change: 'set', by: 'desk', rule: 'old' });
    expect((await call('POST', '/v1/rules/old/run')).status).toBe(202);
    expect((await call('POST', '/v1/rules/old/preview', { body: {} })).status).toBe(202);
    const { runs } = (await (await call('GET', '/v1/rules/old/runs')).json()) as { runs: object[] };
    expect(runs).toMatchObject([{ by: 'desk', state: 'selecting' }]);
    expect((await call('DELETE', '/v1/rules/old')).status).toBe(200);
    expect((await problemIn(await call('DELETE', '/v1/rules/old'))).type).toContain('unknown-rule');
    expect(producer.logged.join('')).not.toContain('private');
  });

  test('says every fault by its field, and never the value', async () => {
    const body = { ...rule, schedule: { cron: 'private' }, mode: 'delete' };
    const problem = await problemIn(await call('PUT', '/v1/rules/old', { body }));
    expect(problem).toMatchObject({ status: 400 });
    expect(JSON.stringify(problem)).toContain('schedule.cron');
    expect(JSON.stringify(problem)).not.toContain('private');
  });

  test('of another consumer is as unknown as none, and cannot be set', async () => {
    await call('PUT', '/v1/rules/kept', { body: rule });
    const token = 'south';
    const met = await Promise.all([
      call('GET', '/v1/rules/kept', { token }),
      call('DELETE', '/v1/rules/kept', { token }),
      call('POST', '/v1/rules/kept/run', { token }),
      call('POST', '/v1/rules/kept/preview', { token }),
      call('GET', '/v1/rules/kept/runs', { token }),
      call('GET', '/v1/rules/none', { token }),
    ]);
    expect(met.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await call('PUT', '/v1/rules/kept', { token, body: rule })).status).toBe(403);
    expect((await call('PUT', '/v1/rules/kept', { token, body: { ...rule, consumer: 'south' } })).status).toBe(409);
    expect(await (await call('GET', '/v1/rules', { token })).json()).toEqual({ rules: [] });
    expect((await call('GET', '/v1/rules?consumer=north', { token })).status).toBe(403);
    expect(await queue.rules.getRule('kept')).toMatchObject(rule);
    expect(await queue.rules.ruleRuns('kept')).toEqual([]);
  });
});
