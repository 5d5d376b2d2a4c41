import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RuleView, SelectionView } from '@session-queue/core';
import { consumerKeys } from '@session-queue/core/engine';
import { eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { type Run, type RunOptions, runCommand } from '../support/test-terminal.ts';
import { walk } from '../support/walk.ts';

leakGuard();

describe('rules on the command line', () => {
  let server: TestRedis;
  let redis: Redis;
  let prefix: string;
  let tests = 0;
  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url);
  });
  beforeEach(() => {
    tests += 1;
    prefix = `${server.prefix}-${tests}`;
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  async function run(args: string[], options: Partial<RunOptions> = {}): Promise<Run> {
    return await runCommand(['rules', ...args], {
      environment: { SESSION_QUEUE_REDIS: server.url, REDIS_PREFIX: prefix },
      ...options,
    });
  }

  async function json<T>(args: string[]): Promise<T> {
    const { stdout, stderr, exitCode } = await run([...args, '--json']);
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  }

  const old = ['set', 'old', '--completed-older-than', 'P3Y', '--cron', '0 3 * * 0', '--reason', 'retention'];

  test('are set from options, shown, listed, disabled and removed', async () => {
    const who = [
      '--user',
      'u1',
      '--status',
      'Completed',
      '--updated-newer-than',
      'P10Y',
      '--time-zone',
      'Europe/Berlin',
    ];
    const rule = await json<RuleView>([...old, '--mode', 'report', ...who]);
    expect(rule).toMatchObject({
      filter: {
        userIds: ['u1'],
        statuses: ['Completed'],
        completed: { olderThan: 'P3Y' },
        updated: { newerThan: 'P10Y' },
      },
      schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
      mode: 'report',
      enabled: true,
    });
    expect(await json(['show', 'old'])).toEqual(rule);
    expect((await run(['show', 'old'])).stdout).toContain('0 3 * * 0, Europe/Berlin');
    expect((await run(['list'], { stdoutIsTty: true })).stdout).toMatch(/NAME.*NEXT[\s\S]*old/);
    expect((await run(['list'])).stdout).toBe(`old\tdefault\treport\t${rule.next}\t\t\t\n`);
    expect(await json(['disable', 'old'])).toMatchObject({ enabled: false, filter: rule.filter });
    expect((await run(['list'])).stdout).toContain('disabled');
    expect((await run(['remove', 'old'])).exitCode).toBe(0);
    expect((await run(['show', 'old'])).exitCode).toBe(3);
  });

  test('that delete by themselves are set by nobody who has not said so', async () => {
    const deleting = [...old, '--mode', 'delete', '--cap', '500'];
    const { exitCode, stderr } = await run(deleting);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
    expect((await run(['show', 'old'])).exitCode).toBe(3);
    expect(stderr).toContain('Nothing was set.');
    expect(await json([...deleting, '--yes'])).toMatchObject({ mode: 'delete', cap: 500 });
  });

  test('are set from JSON, of which every fault is told and nothing is kept', async () => {
    const rule = { filter: { completed: {} }, schedule: { cron: 'often' }, mode: 'report', reason: 'law' };
    const bad = await run(['set', 'old', '--file', '-'], { stdin: JSON.stringify(rule) });
    expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/filter.completed[\s\S]*schedule.cron/) });
    const beside = await run(['set', 'old', '--file', '-', '--mode', 'report'], { stdin: '{}' });
    expect(beside).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('mode') });
    const good = { ...rule, filter: { completed: { olderThan: 'P3Y' } }, schedule: { every: 'P1D' } };
    const { exitCode } = await run(['set', 'old', '--file', '-', '--disabled'], { stdin: JSON.stringify(good) });
    expect(exitCode).toBe(0);
    expect(await json(['show', 'old'])).toMatchObject({ ...good, enabled: false });
  });

  test('run by hand, and show their runs', async () => {
    await json([...old, '--mode', 'report']);
    expect((await run(['runs', 'old'])).stderr).toContain('It has not run yet');
    const { moment } = await json<{ moment: string }>(['run', 'old']);
    const runs = await run(['runs', 'old']);
    expect(runs.stdout).toMatch(new RegExp(`^${moment}\tselecting\t\t[^\t]*\t\t\n$`));
    expect((await run(['runs', 'old'], { stdoutIsTty: true })).stdout).toMatch(/MOMENT +RESULT[\s\S]*selecting/);
  });

  test('show what they would do, once their selection is ready', async () => {
    await json([...old, '--mode', 'delete', '--cap', '1', '--yes']);
    const previewing = run(['preview', 'old', '--json']);
    const keys = consumerKeys(redis, prefix, 'default');
    const id = await eventually(
      async () => String((await redis.zrange(`${keys.base}walks`, '0', '0'))[0] ?? '') || undefined,
    );
    await walk(keys, id, ['a', 'b']);
    const { exitCode, stdout } = await previewing;
    expect(exitCode).toBe(0);
    const lines = stdout.trim().split('\n');
    const preview = JSON.parse(lines.at(-1) ?? '') as { selection: SelectionView; would: string; next: string[] };
    expect(preview).toMatchObject({
      selection: { count: 2 },
      would: 'delete nothing: 2 sessions are over its cap of 1',
    });
    expect(preview.next).toHaveLength(5);
  });
});
