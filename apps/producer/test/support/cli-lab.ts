import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type TestRedis, testRedis } from '@session-queue/testing';
import { MemoryQueue } from './memory-queue.ts';
import { startProducer, type TestProducer, type TestProducerOptions } from './test-producer.ts';
import { type Run, type RunOptions, runCommand } from './test-terminal.ts';

/** A producer for the command line to talk to, anew for each test, with an empty queue. */
export interface CliLab {
  readonly queue: MemoryQueue;
  readonly url: string;
  /** Runs the command line on it. */
  readonly run: (args: string[], options?: Partial<RunOptions>) => Promise<Run>;
}

/** To be called where the hooks of tests may stand. */
export function cliLab(
  options: Omit<TestProducerOptions, 'queue' | 'redisUrl' | 'prefix'> = {},
  token?: string,
): CliLab {
  let redis: TestRedis;
  let producer: TestProducer;
  let queue: MemoryQueue;
  let tests = 0;
  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(async () => await redis.stop());
  beforeEach(async () => {
    queue = new MemoryQueue();
    tests += 1;
    producer = await startProducer({ queue, redisUrl: redis.url, prefix: `${redis.prefix}-${tests}`, ...options });
  });
  afterEach(async () => await producer.stop());
  return {
    get queue() {
      return queue;
    },
    get url() {
      return producer.url;
    },
    run: async (args, more = {}) => {
      const environment = { SESSION_QUEUE_URL: producer.url, SESSION_QUEUE_TOKEN: token };
      return await runCommand(args, { environment, ...more });
    },
  };
}
