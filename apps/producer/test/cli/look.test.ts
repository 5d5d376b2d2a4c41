import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';
import { type Run, type RunOptions, runCommand } from '../support/test-terminal.ts';

leakGuard();

describe('long lists', () => {
  let redis: TestRedis;
  let producer: TestProducer;
  let queue: MemoryQueue;
  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(async () => await redis.stop());
  beforeEach(async () => {
    queue = new MemoryQueue();
    producer = await startProducer({ queue, redisUrl: redis.url, prefix: redis.prefix });
  });
  afterEach(async () => await producer.stop());

  async function run(args: string[], options: Partial<RunOptions> = {}): Promise<Run> {
    return await runCommand(args, { environment: { SESSION_QUEUE_URL: producer.url }, ...options });
  }

  async function accepted(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await queue.deleteSessions({ sessionIds: [`id-${n}`], id: `r${n}` });
  }

  async function failed(count: number): Promise<void> {
    const sessionIds = Array.from({ length: count }, (_, n) => `id-${n}`);
    await queue.deleteSessions({ sessionIds, id: 'r0' });
    queue.report(
      'r0',
      'failed',
      sessionIds.map((item) => ({ item, code: '20003', message: 'bad' })),
    );
  }

  test.each([
    ['items', ['items', 'r0', '--failed'], () => failed(2_300), 1_000],
    ['requests', ['list', '--all'], () => accepted(300), 200],
  ])('of %s that Ctrl-C cuts short are no success', async (_what, args, prepare, page) => {
    await prepare();
    const interruption = new AbortController();
    queue.before = async () => interruption.abort();
    const { exitCode, stdout, stderr } = await run(args, { interrupted: interruption.signal });
    expect([exitCode, stdout.trimEnd().split('\n').length, stderr]).toEqual([130, page, 'Interrupted.\n']);
  });

  test('say how to see more, in words that can be typed', async () => {
    await accepted(1_001);
    const { stderr } = await run(['list', '--limit', '500'], { stdoutIsTty: true });
    expect(stderr).toBe('There are more: --limit 1000, or --all.\n');
    expect((await run(['list', '--limit', '1000'])).exitCode).toBe(0);
  });
});
