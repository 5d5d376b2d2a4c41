import { afterAll, beforeAll } from '@jest/globals';
import { type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { type Run, type RunOptions, runCommand } from './test-terminal.ts';

/** The command line straight to Redis, under a prefix of its own. */
export interface RedisCliLab {
  readonly redis: Redis;
  readonly prefix: string;
  /** What says where Redis is. */
  readonly environment: { SESSION_QUEUE_REDIS: string; REDIS_PREFIX: string };
  readonly run: (args: string[], options?: Partial<RunOptions>) => Promise<Run>;
  /** What `--json` prints, once; throws what went wrong. */
  readonly json: <T>(args: string[], options?: Partial<RunOptions>) => Promise<T>;
}

/** To be called where the hooks of tests may stand. */
export function redisCliLab(): RedisCliLab {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  const lab: RedisCliLab = {
    get redis() {
      return redis;
    },
    get prefix() {
      return server.prefix;
    },
    get environment() {
      return { SESSION_QUEUE_REDIS: server.url, REDIS_PREFIX: server.prefix };
    },
    run: async (args, options = {}) => await runCommand(args, { environment: lab.environment, ...options }),
    json: async <T>(args: string[], options: Partial<RunOptions> = {}) => {
      const { stdout, stderr, exitCode } = await lab.run([...args, '--json'], options);
      if (exitCode !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as T;
    },
  };
  return lab;
}
