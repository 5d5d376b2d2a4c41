import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { consumerKeys, firstDeadline, judgeDeadlines } from '@session-queue/core/engine';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { type Run, type RunOptions, runCommand } from '../support/test-terminal.ts';

describe('a deadline on the command line', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  async function run(args: string[], options: Partial<RunOptions> = {}): Promise<Run> {
    const environment = { SESSION_QUEUE_REDIS: server.url, REDIS_PREFIX: 'test' };
    return await runCommand(args, { environment, ...options });
  }

  async function ask(...args: string[]): Promise<RequestView> {
    const { stdout, stderr, exitCode } = await run(['delete', ...args, '--yes', '--json']);
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as RequestView;
  }

  test('is a time or a span from now, is shown, and lists what is at risk or missed', async () => {
    const fine = await ask('a', '--deadline', '14d');
    expect(Date.parse(fine.deadline ?? '') - Date.now()).toBeGreaterThan(13 * 86_400_000);
    const missed = await ask('b', '--deadline', '2026-01-01T00:00:00Z');
    const keys = consumerKeys(redis, 'test', 'default');
    await judgeDeadlines(keys, 'deletion', firstDeadline, { calls: 5, windowMs: 5_000 });
    const status = await run(['status', missed.id]);
    expect(status.stdout).toMatch(/^Deadline {6}2026-01-01T00:00:00\.000Z, missed$/m);
    expect((await run(['status', fine.id])).stdout).toContain(`Deadline      ${fine.deadline}\n`);
    const listed = await run(['list', '--deadline', 'missed']);
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(listed.stdout.trimEnd().split('\t').slice(-2)).toEqual(['2026-01-01T00:00:00.000Z', 'missed']);
    expect((await run(['list', '--deadline', 'at-risk'])).stderr).toContain('No request is like that.');
    expect((await run(['list', '--deadline', 'soon'])).exitCode).toBe(2);
  });

  test('of the first call stands when the same is asked again', async () => {
    const first = await ask('c', '--deadline', '14d');
    const again = await run(['delete', 'c', '--yes', '--deadline', '7d']);
    expect(again.stderr).toContain(`It stands with the deadline ${first.deadline}.`);
  });
});
