import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { z } from 'zod';
import { HealthServer } from '../src/health/health-server.ts';
import { readReadiness } from '../src/health/readiness.ts';
import { WorkerMetrics } from '../src/metrics/worker-metrics.ts';
import type { OverduePart } from '../src/watchdog/watchdog.ts';

const healthSchema = z.strictObject({
  status: z.literal('ok'),
  eventLoopDelay: z.strictObject({ maxMs: z.number().nonnegative(), p99Ms: z.number().nonnegative() }),
});

let overdue: OverduePart[] = [];
const health = new HealthServer({
  port: 0,
  readiness: async () => ({ ready: true, problems: [], warnings: [], unchecked: [], stoppedLanes: [] }),
  overdue: () => overdue,
  metrics: () => new WorkerMetrics().registry.metrics(),
  logger: pino({ level: 'silent' }),
});
let url = '';
beforeEach(async () => {
  url = `http://127.0.0.1:${await health.start()}/healthz`;
});
afterEach(() => health.stop());

async function delay() {
  return healthSchema.parse(await (await fetch(url)).json()).eventLoopDelay;
}

test('says how long the event loop was held up since it was last asked', async () => {
  await delay();
  // One look lies before the hold-up and one behind it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = performance.now() + 700;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held = await delay();
  expect(held.maxMs).toBeGreaterThan(600);
  expect(held.p99Ms).toBeLessThanOrEqual(held.maxMs);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await delay()).maxMs).toBeLessThan(held.maxMs);
});

test('tells its metrics beside its health, and nothing of what it was asked with', async () => {
  const response = await fetch(url.replace('/healthz', '/metrics?secret'));
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  expect(text).toMatch(/^session_queue_build_info\{app="worker",version="\d+\.\d+\.\d+",node="v\d/m);
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text).not.toContain('secret');
});

test('a worker is not ready on a Redis that would lose what was accepted (invariant 1), and is while memory is short', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    expect(await readReadiness(redis, 'test', [])).toMatchObject({ ready: true, problems: [] });
    await redis.config('SET', 'maxmemory', 1);
    expect(await readReadiness(redis, 'test', [])).toMatchObject({ ready: true, problems: [{ code: 'memory_short' }] });
    await redis.config('SET', 'appendonly', 'no');
    expect((await readReadiness(redis, 'test', [])).ready).toBe(false);
    await redis.config('SET', 'maxmemory', 0);
    await redis.config('SET', 'appendonly', 'yes');
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await readReadiness(redis, 'test', [])).toMatchObject({ ready: false, problems: [{ code: 'eviction' }] });
  } finally {
    redis.disconnect();
    await server.stop();
  }
});

test('is unhealthy while a part shows no sign of life, and names it', async () => {
  overdue = [{ part: 'the rounds', silentMs: 50_000 }];
  const response = await fetch(url);
  expect([response.status, await response.json()]).toMatchObject([503, { status: 'overdue', overdue }]);
  overdue = [];
  expect((await fetch(url)).status).toBe(200);
});
