import { afterEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Caller } from '../../src/auth/caller.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { problemIn } from '../support/problem.ts';
import { startProducer, type TestProducer, testCaller } from '../support/test-producer.ts';
import { runCommand } from '../support/test-terminal.ts';

leakGuard();

describe('the rate of calls', () => {
  let producer: TestProducer;

  afterEach(async () => await producer.stop());

  async function start(limits: Record<string, Partial<Caller>>, ratePerMinute?: number): Promise<void> {
    producer = await startProducer({
      queue: new MemoryQueue(),
      findCaller: (token) => (token in limits ? testCaller(token, limits[token]) : undefined),
      ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
    });
  }

  const call = async (token: string): Promise<Response> =>
    await producer.fetch('/v1/requests/x', { headers: { Authorization: `Bearer ${token}` } });

  async function statuses(token: string, calls: number): Promise<number[]> {
    const answers: number[] = [];
    for (let n = 0; n < calls; n += 1) answers.push((await call(token)).status);
    return answers;
  }

  test('is limited for each key, with standard headers, a 429 and Retry-After', async () => {
    await start({ one: {}, two: {} }, 3);
    const allowed = await call('one');
    expect(allowed.headers.get('ratelimit-policy')).toMatch(/^"calls"; q=3; w=60; pk=:[A-Za-z0-9+/=]+:$/);
    expect(allowed.headers.get('ratelimit')).toMatch(/^"calls"; r=2; t=\d+$/);
    expect(await statuses('one', 2)).toEqual([404, 404]);
    const refused = await call('one');
    expect(await problemIn(refused)).toMatchObject({
      status: 429,
      type: 'urn:problem-type:session-queue:rate-limited',
    });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await statuses('two', 1)).toEqual([404]);
  });

  test('is that of the key where it has one of its own, 0 for any', async () => {
    await start({ slow: { ratePerMinute: 1 }, free: { ratePerMinute: 0 } }, 2);
    expect(await statuses('slow', 2)).toEqual([404, 429]);
    expect(await statuses('free', 4)).toEqual([404, 404, 404, 404]);
    expect((await call('free')).headers.get('ratelimit')).toBeNull();
  });

  test('is not limited where none is set', async () => {
    await start({ one: {} });
    expect(await statuses('one', 5)).toEqual([404, 404, 404, 404, 404]);
  });

  test('is kept by the command line, which waits as long as it is told to', async () => {
    await start({ one: {} }, 1);
    const environment = { SESSION_QUEUE_URL: producer.url, SESSION_QUEUE_TOKEN: 'one' };
    expect((await runCommand(['status', 'x'], { environment })).exitCode).toBe(3);
    const { exitCode, pauses } = await runCommand(['watch', 'x'], { environment });
    expect(exitCode).toBe(4);
    expect(pauses[0]).toBeGreaterThan(15_000);
  });

  test('of unknown tokens is limited by address, and a known token gets through all the same', async () => {
    await start({ one: {} });
    expect(await statuses('nope', 31)).toEqual([...Array.from({ length: 30 }, () => 401), 429]);
    const refused = await call('other');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('www-authenticate')).toBeNull();
    expect(await problemIn(refused)).toMatchObject({ status: 429 });
    expect(await statuses('one', 1)).toEqual([404]);
    // What carries no token at all tries out none.
    expect((await producer.fetch('/v1/requests/x')).status).toBe(401);
  });
});
