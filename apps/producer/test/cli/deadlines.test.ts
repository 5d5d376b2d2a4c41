import { describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { consumerKeys, firstDeadline, judgeDeadlines } from '@session-queue/core/engine';
import { redisCliLab } from '../support/redis-cli-lab.ts';

describe('a deadline on the command line', () => {
  const lab = redisCliLab();
  const { run } = lab;
  const ask = async (...args: string[]) => await lab.json<RequestView>(['delete', ...args, '--yes']);

  test('is a time or a span from now, is shown, and lists what is at risk or missed', async () => {
    const fine = await ask('a', '--deadline', '14d');
    expect(Date.parse(fine.deadline ?? '') - Date.now()).toBeGreaterThan(13 * 86_400_000);
    const missed = await ask('b', '--deadline', '2026-01-01T00:00:00Z');
    const keys = consumerKeys(lab.redis, lab.prefix, 'default');
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
