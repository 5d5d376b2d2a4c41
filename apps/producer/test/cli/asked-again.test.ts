import { describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';

leakGuard();

describe('the same command', () => {
  const lab = cliLab({ callbackFault: () => undefined });
  const { run } = lab;

  async function asked(item: string): Promise<string> {
    const { stdout } = await run(['delete', item, '--yes', '--json']);
    return (JSON.parse(stdout) as { id: string }).id;
  }

  test('given twice it is one request, shown as it is now, unless another key says otherwise', async () => {
    expect((await run(['delete', 'x', '--yes'])).stdout).toContain('Accepted the deletion of 1 item for');
    const again = await run(['delete', 'x', '--yes']);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('The same was asked before. This is that request, as it is now.');
    expect(again.stdout).toMatch(/State +accepted/);
    expect(again.stdout).not.toContain('Accepted');
    expect(lab.queue.kept.size).toBe(1);
    await run(['delete', 'x', '--yes', '--idempotency-key', 'once-more']);
    expect(lab.queue.kept.size).toBe(2);
  });

  test('given again it is the same request, whenever and however urgently it is to be done, and says what stands', async () => {
    const later = ['--not-before', '12h', '--priority', 'low'];
    const first = await run(['delete', 'x', '--yes', ...later, '--json']);
    const { id, notBefore } = JSON.parse(first.stdout) as RequestView;
    const same = await run(['delete', 'x', '--yes', '--priority', 'low', '--not-before', notBefore ?? '']);
    expect(same.stderr).not.toContain('stands with');
    await new Promise((resolve) => setTimeout(resolve, 2));
    const again = await run(['delete', 'x', '--yes', ...later]);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain(id);
    expect(again.stderr).toContain(`It stands with nothing sent before ${notBefore}.`);
    const callback = 'https://example.com/in?token=x';
    const other = await run(['delete', 'x', '--yes', '--priority', 'high', '--callback-url', callback]);
    expect(other.stdout).toContain(id);
    expect(other.stderr).toContain('It stands with priority low, no callback.');
    expect(lab.queue.kept.size).toBe(1);
  });

  test('given again after the request has failed or was cancelled, it says so, fails, and tells how to ask anew', async () => {
    const failed = await asked('f');
    lab.queue.report(failed, 'failed', [{ item: 'f', code: '20003', message: 'bad' }]);
    const cancelled = await asked('c');
    await run(['cancel', cancelled]);
    for (const [item, id, state] of [
      ['f', failed, 'failed'],
      ['c', cancelled, 'cancelled'],
    ] as const) {
      for (const more of [[], ['--watch']]) {
        const again = await run(['delete', item, '--yes', ...more]);
        expect(again.exitCode).toBe(1);
        expect(again.stdout).toMatch(new RegExp(`Request +${id}[\\s\\S]*State +${state}`));
        expect(again.stdout).not.toContain('Accepted');
        expect(again.stderr).toContain('To ask anew, give the same command a key of its own: --idempotency-key <new>');
      }
      const json = await run(['delete', item, '--yes', '--json']);
      expect([json.exitCode, (JSON.parse(json.stdout) as { state: string }).state]).toEqual([1, state]);
    }
    expect(lab.queue.kept.size).toBe(2);
  });
});
