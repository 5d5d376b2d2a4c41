import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Readiness } from '../src/routes/health.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

describe('whether the producer is well', () => {
  let check: () => Promise<Readiness>;
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue: new MemoryQueue(), checkReadiness: () => check(), silenceMs: 100 });
  });
  afterAll(async () => await producer.stop());

  test('it is alive whatever Redis does', async () => {
    check = async () => await new Promise(() => undefined);
    expect(await (await producer.fetch('/healthz')).json()).toEqual({ status: 'ok' });
  });

  test('it is ready when nothing is wrong', async () => {
    check = async () => ({ problems: [] });
    const response = await producer.fetch('/readyz');
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    ]);
  });

  test('it is not ready, and says why', async () => {
    check = async () => ({ problems: [{ code: 'eviction_policy', message: 'maxmemory-policy must be noeviction' }] });
    const response = await producer.fetch('/readyz');
    expect([response.status, await response.json()]).toEqual([
      503,
      {
        status: 'not ready',
        version: expect.any(String),
        problems: [{ code: 'eviction_policy', message: 'maxmemory-policy must be noeviction' }],
      },
    ]);
  });

  test.each([
    ['hangs', async () => await new Promise<never>(() => undefined)],
    ['fails', async () => await Promise.reject(new Error('cut'))],
  ])('it is not ready when the check %s', async (_how, how) => {
    check = how;
    const response = await producer.fetch('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ problems: [{ code: 'redis_unavailable' }] });
  });
});
