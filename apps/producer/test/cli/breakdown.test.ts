import { describe, expect, test } from '@jest/globals';
import type { BreakdownView, SelectionView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';

leakGuard();

describe('a breakdown on the command line', () => {
  const { run, queue } = lab();

  function lab() {
    const made = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');
    return { run: made.run, queue: () => made.queue };
  }

  async function asked(...args: string[]): Promise<BreakdownView | undefined> {
    const { stdout, stderr, exitCode } = await run(['select', '--user', 'u1', ...args, '--json']);
    if (exitCode !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as SelectionView).breakdown;
  }

  const values = (...names: string[]) => names.map((value) => ({ value, count: 0 }));

  test('is asked for by status, activity or user, with the values to count', async () => {
    expect(await asked()).toBeUndefined();
    expect(await asked('--break-down', 'status')).toMatchObject({ by: 'status' });
    expect(await asked('--break-down', 'activity', '--into', 'a,b', '--into', 'c')).toMatchObject({
      by: 'activityId',
      values: values('a,b', 'c'),
    });
    expect(await asked('--break-down', 'user', '--into', 'u1')).toMatchObject({ by: 'userId', values: values('u1') });
  });

  test.each([
    ['something else', ['--break-down', 'mood'], 2, 'Allowed choices are status, activity, user'],
    ['values of nothing', ['--into', 'a1'], 2, '--break-down status, activity or user'],
    ['no values, and none in the filter', ['--break-down', 'activity'], 3, 'breakdown.values: is required'],
    ['a status that is none', ['--break-down', 'status', '--into', 'Done'], 3, 'must be of Incomplete'],
  ])('is not asked for by %s', async (_what, args, code, said) => {
    const { exitCode, stderr } = await run(['select', '--user', 'u1', ...args]);
    expect([exitCode, queue().selections.size]).toEqual([code, 0]);
    expect(stderr).toContain(said);
  });

  test('is told while it is walked, and shown with what was found', async () => {
    const breakdown = { by: 'status', walked: 1, pages: 20, values: values('Completed', 'Discarded') } as const;
    const share = (value: string, count: number, inSelection: number) => ({ value, count, inSelection, digest: 'd' });
    const looks: (() => void)[] = [
      () => queue().becomes(id(), { pages: 25, count: 1_250, breakdown }),
      () => {
        queue().becomesReady(id(), ['a']);
        const done = [share('Completed', 1_208, 1_200), share('Discarded', 40, 40)];
        queue().becomes(id(), { breakdown: { ...breakdown, walked: 2, pages: 25, values: done, other: 10 } });
      },
    ];
    const id = (): string => [...queue().selections.keys()][0] ?? '';
    const options = { onPause: () => looks.shift()?.(), isWatched: true };
    const { stdout, stderr } = await run(['select', '--user', 'u1', '--break-down', 'status', '--watch'], options);
    expect(stderr).toContain('25 pages, 1,250 sessions; breakdown: 1 of 2 values, 20 pages');
    const shown = ['By status     Completed: 1,200, 1,208 shown', `${' '.repeat(14)}Discarded: 40`];
    expect(stdout).toContain([...shown, `${' '.repeat(14)}none of these: 10`].join('\n'));
  });

  test('says what is not known of a value', async () => {
    await run(['select', '--user', 'u1', '--break-down', 'status', '--idempotency-key', 's1']);
    const [id = ''] = queue().selections.keys();
    const failed = { value: 'Completed', count: 50, error: { code: '20001', message: 'Refused' } };
    const open = { value: 'Discarded', count: 7 };
    queue().becomes(id, { breakdown: { by: 'status', walked: 1, pages: 2, values: [failed, open] } });
    const { stdout } = await run(['preview', id]);
    expect(stdout).toContain('Completed: unknown, Refused (20001)');
    expect(stdout).toContain('Discarded: 7 shown so far');
    expect(stdout).not.toContain('none of these');
  });
});
