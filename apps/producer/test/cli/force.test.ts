import { describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';
import { redisCliLab } from '../support/redis-cli-lab.ts';

leakGuard();

const plain = ['delete', 'x', '--yes'];
const forced = [...plain, '--force'];

describe('delete --force over HTTP', () => {
  const lab = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');
  const asked = () => [...lab.queue.kept.values()].map(({ view }) => view.force);

  test('asks for what was deleted before to be deleted again', async () => {
    expect((await lab.run(forced)).exitCode).toBe(0);
    expect(asked()).toEqual([true]);
  });

  test('is another request than without it, and the same again is the same', async () => {
    for (const args of [forced, forced, plain]) expect((await lab.run(args)).exitCode).toBe(0);
    expect(asked()).toEqual([true, undefined]);
  });

  test('goes with a selection too', async () => {
    const { stdout } = await lab.run(['select', '--user', 'u1', '--json']);
    const { id } = JSON.parse(stdout) as { id: string };
    const { digest = '' } = lab.queue.becomesReady(id, ['a', 'b']);
    const looked = ['--expect-digest', digest, '--expect-count', '2'];
    expect((await lab.run(['delete', '--selection', id, ...looked, '--yes', '--force'])).exitCode).toBe(0);
    expect(asked()).toEqual([true]);
  });

  test('is nothing for resubmissions', async () => {
    const { exitCode, stderr } = await lab.run(['resubmit', 'x', '--force']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('unknown option')]);
  });
});

describe('delete --force straight to Redis', () => {
  const lab = redisCliLab();

  test('is kept with the request, and said of it; without it neither', async () => {
    const { id } = await lab.json<RequestView>(forced);
    expect(await lab.json<RequestView>(['status', id])).toMatchObject({ force: true });
    expect((await lab.run(['status', id])).stdout).toContain('what was deleted before is deleted again');
    const other = await lab.json<RequestView>(plain);
    expect(other.id).not.toBe(id);
    expect(other).not.toHaveProperty('force');
    expect((await lab.run(['status', other.id])).stdout).not.toContain('deleted again');
  });
});
