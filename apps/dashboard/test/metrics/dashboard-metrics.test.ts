import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SessionQueueClient } from '@session-queue/core';
import { Announcements, KindSwitch, LaneSwitch } from '@session-queue/core/engine';
import { type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { DashboardMetrics } from '../../src/metrics/dashboard-metrics.ts';
import { readQueue } from '../../src/metrics/queue-reading.ts';
import { Queues } from '../../src/queues.ts';
import { rule } from '../harness/rules.ts';

const logger = pino({ level: 'silent' });
const ids = (n: number) =>
  Array.from({ length: n }, (_, i) => `fa1757ed-0000-4000-8000-${String(i).padStart(12, '0')}`);

let server: TestRedis;
let redis: Redis;
let queues: Queues;
let client: SessionQueueClient;
let metrics: DashboardMetrics;
let reads = 0;
beforeEach(async () => {
  server = await testRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const { prefix } = server;
  queues = new Queues(redis, prefix, logger);
  client = new SessionQueueClient({ redis, prefix });
  reads = 0;
  metrics = new DashboardMetrics(() => {
    reads += 1;
    return readQueue({ redis, prefix, queues, consumers: () => client.consumers() });
  }, logger);
  const sign = { host: 'h', pid: 1, version: '0.1.0', node: 'v20', startedAt: new Date().toISOString() };
  const consumers = ['north', 'south'].map((name) => ({ name, identity: name }));
  await new Announcements(redis, prefix).announce('a worker', consumers, { sign });
});
afterEach(async () => {
  await client.close();
  await queues.close();
  redis.disconnect();
  await server.stop();
});

describe('the metrics of the dashboard', () => {
  test('tell how each lane stands, who works and what BullMQ holds', async () => {
    const startedAt = performance.now();
    await client.deleteSessions({ sessionIds: ids(3), consumer: 'north', id: 'r' });
    await new Announcements(redis, server.prefix).announce('another', [{ name: 'gone', identity: 'gone' }]);
    await client.deleteSessions({ sessionIds: ids(1), consumer: 'gone', id: 'of-gone' });
    await new Announcements(redis, server.prefix).withdraw('another', [{ name: 'gone', identity: 'gone' }]);
    await new LaneSwitch(redis, server.prefix).stop('south', 'resubmission', { reason: 'a fault' });
    await new KindSwitch(redis, server.prefix).stop('deletion', { reason: 'a wrong list' });
    await queues.of('resubmission').requests.pause();
    const verification = { waiting: 7, verified: 40, stillThere: 2, reappeared: 1 };
    await redis.hset(`${server.prefix}:{north}:verification`, verification);
    await redis.zadd(`${server.prefix}:{north}:verifications`, '1', 'a batch');
    await redis.xadd(`${server.prefix}:{north}:evidence:outbox`, `${Date.now() - 3_600_000}-0`, 'event', 'sealed');
    await client.rules.putRule('on', { ...rule, consumer: 'north' });
    await client.rules.putRule('off', { ...rule, consumer: 'north', enabled: false });
    await redis.hset(`{${server.prefix}}:rule:on`, 'due', Date.now() - 3_600_000);
    await redis.zadd(
      `${server.prefix}:{north}:deletion:unapproved`,
      Date.now() - 3_600_000,
      'first',
      Date.now(),
      'next',
    );
    await redis.zadd(`${server.prefix}:{north}:deletion:in-window`, Date.now() + 3_600_000, 'begins later', 1, 'over');
    const text = await metrics.text();
    expect(text).toMatch(/^session_queue_oldest_unapproved_age_seconds\{kind="deletion",consumer="north"\} 36\d\d/m);
    expect(text).not.toMatch(/unapproved_age_seconds\{kind="resubmission"/);
    for (const line of [
      'session_queue_requests_waiting_for_approval{kind="deletion",consumer="north"} 2',
      'session_queue_requests_waiting_for_approval{kind="deletion",consumer="south"} 0',
      'session_queue_oldest_unapproved_age_seconds{kind="deletion",consumer="south"} 0',
      'session_queue_requests_in_hold_window{kind="deletion",consumer="north"} 1',
      'session_queue_items{kind="deletion",consumer="north",state="pending"} 3',
      'session_queue_items{kind="deletion",consumer="south",state="pending"} 0',
      'session_queue_open_requests{kind="deletion",consumer="north"} 1',
      'session_queue_lane_stopped{kind="resubmission",consumer="south",by="person"} 1',
      'session_queue_lane_stopped{kind="resubmission",consumer="south",by="fault"} 0',
      'session_queue_lane_stopped{kind="deletion",consumer="north",by="person"} 0',
      'session_queue_requests_in_rotation{kind="deletion",consumer="north"} 0',
      'session_queue_lane_unserved{kind="deletion",consumer="north"} 0',
      'session_queue_lane_unserved{kind="deletion",consumer="gone"} 1',
      'session_queue_lane_unserved{kind="resubmission",consumer="gone"} 0',
      'session_queue_queue_paused{queue="resubmission.requests"} 1',
      'session_queue_queue_paused{queue="resubmission.batches"} 0',
      'session_queue_kind_stopped{kind="deletion"} 1',
      'session_queue_kind_stopped{kind="resubmission"} 0',
      'session_queue_verification_waiting{consumer="north"} 7',
      'session_queue_verification_waiting{consumer="south"} 0',
      'session_queue_verification_overdue_seconds{consumer="south"} 0',
      'session_queue_verification_sessions_total{consumer="north",result="verified"} 40',
      'session_queue_verification_sessions_total{consumer="north",result="still_there"} 2',
      'session_queue_verification_sessions_total{consumer="north",result="reappeared"} 1',
      'session_queue_workers_alive 1',
      'session_queue_jobs{queue="deletion.requests",state="waiting"} 2',
      'session_queue_redis_up 1',
      'session_queue_rules_enabled 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    const age = /^session_queue_oldest_open_request_age_seconds\{kind="deletion",consumer="north"\} (\S+)$/m.exec(
      text,
    )?.[1];
    expect(Number(age)).toBeGreaterThan(0);
    expect(Number(age)).toBeLessThan((performance.now() - startedAt) / 1_000);
    expect(text).toMatch(/^session_queue_verification_overdue_seconds\{consumer="north"\} \d{6}/m);
    expect(text).toMatch(/^session_queue_evidence_waiting_seconds\{consumer="north"\} 36\d\d/m);
    expect(text).toContain('session_queue_evidence_waiting_seconds{consumer="south"} 0\n');
    const overdue = Number(/^session_queue_rule_overdue_seconds (\S+)$/m.exec(text)?.[1]);
    expect(overdue).toBeGreaterThan(3_590);
    expect(overdue).toBeLessThan(3_700);
    expect(text).toMatch(/^session_queue_redis_memory_used_bytes \d+$/m);
    expect(text).not.toContain('fa1757ed');
    expect(text).not.toContain('wrong list');
  });

  test('count who signs in, from the first moment on', async () => {
    expect(await metrics.text()).toContain('session_queue_sign_ins_total{outcome="refused"} 0');
    metrics.signInAttempted('refused');
    metrics.signInAttempted('refused');
    metrics.signInAttempted('done');
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('session_queue_sign_ins_total{'));
    expect(lines).toEqual([
      'session_queue_sign_ins_total{outcome="done"} 1',
      'session_queue_sign_ins_total{outcome="refused"} 2',
      'session_queue_sign_ins_total{outcome="throttled"} 0',
    ]);
  });

  test('are read once for all who ask within 5 s', async () => {
    const [one, other] = await Promise.all([metrics.text(), metrics.text()]);
    expect(one.split('\n').filter((line) => line.startsWith('session_queue_items{'))).toEqual(
      other.split('\n').filter((line) => line.startsWith('session_queue_items{')),
    );
    await metrics.text();
    expect(reads).toBe(1);
  });

  test('tell of the process alone while Redis does not answer, and of everything again after', async () => {
    let fails = true;
    const flaky = new DashboardMetrics(async () => {
      if (fails) throw new Error('away');
      return await readQueue({ redis, prefix: server.prefix, queues, consumers: () => client.consumers() });
    }, logger);
    const away = await flaky.text();
    expect(away).toContain('session_queue_redis_up 0');
    expect(away).toContain('process_cpu_seconds_total');
    expect(away).not.toContain('session_queue_items{');
    fails = false;
    expect(await flaky.text()).toContain('session_queue_items{');
  });
});
