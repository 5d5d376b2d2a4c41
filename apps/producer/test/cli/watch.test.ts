import { describe, expect, test } from '@jest/globals';
import type { ItemCounts, RequestView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';

leakGuard();

describe('watching a request', () => {
  const lab = cliLab();
  const { run } = lab;

  async function accepted(count: number): Promise<RequestView> {
    const sessionIds = Array.from({ length: count }, (_, n) => `id-${n}`);
    return await lab.queue.deleteSessions({ sessionIds, id: 'r1' });
  }

  /** Moves a request a step further with each second that passes. */
  function stepping(view: RequestView, steps: Partial<ItemCounts & { state: RequestView['state'] }>[]): () => void {
    return () => {
      const { state = 'processing', ...counts } = steps.shift() ?? {};
      Object.assign(view, { state });
      Object.assign(view.counts, counts);
    };
  }

  const toTheEnd = [
    { pending: 2, submitted: 2 },
    { submitted: 0, succeeded: 2 },
    {},
    {},
    {},
    { pending: 1, succeeded: 3 },
    { pending: 0, succeeded: 4, absent: 1, state: 'completed' as const },
  ];

  test('prints a line at most every 5 s, only of what has changed, and the last one at once', async () => {
    const view = await accepted(4);
    const { exitCode, stdout, stderr } = await run(['watch', 'r1'], { onPause: stepping(view, [...toTheEnd]) });
    expect(exitCode).toBe(0);
    expect(stderr.trimEnd().split('\n')).toEqual([
      '  0 % accepted: 4 waiting',
      ' 50 % processing: 2 succeeded, 2 waiting; 0.4 a second, 5 s left',
      '100 % completed: 4 succeeded (1 already gone)',
    ]);
    expect(stdout).toMatch(/State +completed/);
  });

  test('prints a JSON line for each change, and nothing else', async () => {
    const view = await accepted(4);
    const { exitCode, stdout, stderr } = await run(['watch', 'r1', '--json'], {
      onPause: stepping(view, [...toTheEnd]),
    });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RequestView);
    expect(lines.map(({ state, counts }) => [state, counts.succeeded])).toEqual([
      ['accepted', 0],
      ['processing', 0],
      ['processing', 2],
      ['processing', 3],
      ['completed', 4],
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  test('paints bars over themselves on a terminal, without colours where nobody wants them, and gives the cursor back', async () => {
    const view = await accepted(4);
    const options = { isWatched: true, columns: 70, onPause: stepping(view, [...toTheEnd]) };
    const environment = { SESSION_QUEUE_URL: lab.url, NO_COLOR: '1' };
    const { stderr } = await run(['watch', 'r1'], { ...options, environment });
    expect(stderr.startsWith('\u001b[?25l\r')).toBe(true);
    expect(stderr.endsWith('\u001b[?25h')).toBe(true);
    const screens = stderr.split('\u001b[5A\r\u001b[J');
    expect(screens).toHaveLength(8);
    expect(screens[2]?.split('\n')).toEqual([
      'r1  deletion for default, processing',
      '  sent      [###############...............]  50 %  2 of 4',
      '  succeeded [###############...............]  50 %  2 of 4',
      '  failed    [..............................]   0 %  0 of 4',
      '  1.0 a second, 2 s left; 2 succeeded, 2 waiting',
      '',
    ]);
    expect(stderr).not.toMatch(/\p{Cc}\[\d+m/u);
    const coloured = await run(['watch', 'r1'], { isWatched: true });
    expect(coloured.stderr).toContain('\u001b[32m');
  });

  test('paints on a terminal that nobody has told its size as on one of 80 columns', async () => {
    const view = await accepted(4);
    const options = { isWatched: true, columns: 0, onPause: stepping(view, [...toTheEnd]) };
    const { stderr } = await run(['watch', 'r1'], options);
    expect(stderr.split('\u001b[5A\r\u001b[J')).toHaveLength(8);
    expect(stderr).toContain(' deletion for default');
    expect((await run(['list'], options)).stdout).toContain('r1');
  });

  test('waits out a producer that is away, and says so', async () => {
    const view = await accepted(1);
    let looks = 0;
    lab.queue.before = async () => {
      looks += 1;
      if (looks === 2) throw new Error('gone');
    };
    const { exitCode, stderr } = await run(['watch', 'r1'], {
      onPause: stepping(view, [{}, {}, { state: 'completed', pending: 0, succeeded: 1 }]),
    });
    expect([exitCode, looks > 2]).toEqual([0, true]);
    expect(stderr).toContain('Trying again in');
  });

  test('fails unless the request has completed, and says how to go on', async () => {
    await accepted(1);
    lab.queue.report('r1', 'failed', [{ item: 'id-0', code: '20003', message: 'bad' }]);
    const failed = await run(['watch', 'r1', '--json'], { isWatched: true });
    expect([failed.exitCode, (JSON.parse(failed.stdout) as RequestView).state]).toEqual([1, 'failed']);
    expect(failed.stderr).toContain('node cli.js items r1 --failed');
  });

  test('does not wait for ever for a request that waits for a person', async () => {
    await accepted(1);
    lab.queue.report('r1', 'parked', [{ item: 'id-0', code: 'unknown_outcome', message: 'no answer' }]);
    const { exitCode, stderr } = await run(['watch', 'r1']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('node cli.js items r1 --parked');
  });

  test('ends on Ctrl-C with what to type to go on, and the request goes on', async () => {
    await accepted(1);
    const interruption = new AbortController();
    const options = { isWatched: true, interrupted: interruption.signal, onPause: () => interruption.abort() };
    const { exitCode, stderr } = await run(['watch', 'r1'], options);
    expect(exitCode).toBe(130);
    expect(stderr.endsWith('\u001b[?25hThe request goes on. Watch it again: node cli.js watch r1\n')).toBe(true);
  });

  test('follows what it has asked for', async () => {
    const onPause = (): void => {
      for (const { view } of lab.queue.kept.values())
        stepping(view, [{ state: 'completed', pending: 0, succeeded: 1 }])();
    };
    const { exitCode, stdout } = await run(['delete', 'one', '--yes', '--watch'], { onPause });
    expect([exitCode, /State +completed/.test(stdout)]).toEqual([0, true]);
  });
});
