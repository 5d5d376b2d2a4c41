import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';

leakGuard();

describe('long lists', () => {
  const lab = cliLab();
  const { run } = lab;

  async function accepted(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await lab.queue.deleteSessions({ sessionIds: [`id-${n}`], id: `r${n}` });
  }

  async function failed(count: number): Promise<void> {
    const sessionIds = Array.from({ length: count }, (_, n) => `id-${n}`);
    await lab.queue.deleteSessions({ sessionIds, id: 'r0' });
    lab.queue.report(
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
    lab.queue.before = async () => interruption.abort();
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
