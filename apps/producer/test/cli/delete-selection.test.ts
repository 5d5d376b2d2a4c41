import { describe, expect, test } from '@jest/globals';
import type { SelectionView } from '@session-queue/core';
import { consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { redisCliLab } from '../support/redis-cli-lab.ts';
import { ids, selectionCliLab } from '../support/selection-cli-lab.ts';
import { walk } from '../support/walk.ts';

leakGuard();

describe('selections on the command line', () => {
  const lab = selectionCliLab();
  const { run, selected, ready } = lab;

  function onlyRequest() {
    const [request] = [...lab.queue.kept.values()];
    return request;
  }

  describe('delete --selection', () => {
    test('asks with the filter and the number, and deletes exactly what was found', async () => {
      const { id } = await ready(ids(1_200));
      for (const stdin of ['\n', 'yes\n', '1\n']) {
        const refused = await run(['delete', '--selection', id], { isWatched: true, stdin });
        expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('Nothing was sent.')]);
        expect(refused.stderr).toMatch(/^Of users +u1$/m);
        const question = 'Delete 1,200 sessions of consumer default at Learnosity, for good?\nType 1,200 to go on: ';
        expect(refused.stderr).toContain(question);
      }
      expect(lab.queue.kept.size).toBe(0);
      const args = ['delete', '--selection', id, '--reason', 'law', '--priority', 'low'];
      const done = await run(args, { isWatched: true, stdin: '1200\n' });
      expect(done.exitCode).toBe(0);
      expect(done.stdout).toContain('Accepted the deletion of 1,200 items for consumer default.');
      const view = { reason: 'law', priority: 'low', requestedBy: 'desk', counts: { total: 1_200 } };
      expect(onlyRequest()).toMatchObject({ items: ids(1_200), view });
    });

    test('is one request, however often it is asked for', async () => {
      const { id } = await ready(['a']);
      const once = async () => await run(['delete', '--selection', id], { isWatched: true, stdin: '1\n' });
      expect((await once()).exitCode).toBe(0);
      expect((await once()).stderr).toContain('The same was asked before.');
      expect(lab.queue.kept.size).toBe(1);
    });

    test('leads to the request that deletes it, and asking for another one says so', async () => {
      const { id } = await ready(['a']);
      const args = ['delete', '--selection', id];
      await run(args, { isWatched: true, stdin: '1\n' });
      const request = onlyRequest()?.view.id;
      const shown = await run(['preview', id]);
      expect(shown.stdout).toMatch(new RegExp(`^Deleted by +request ${request}$`, 'm'));
      expect(shown.stderr).toContain(`What became of their deletion: node cli.js status ${request}\n`);
      expect(shown.stderr).not.toContain('Delete exactly these');
      const again = await run([...args, '--reason', 'again'], { isWatched: true, stdin: '1\n' });
      expect(again.stderr).toContain(`A request deletes this selection already: node cli.js status ${request}\n`);
      expect(lab.queue.kept.size).toBe(2);
    });

    test('goes on without a person only where somebody says what they have looked at', async () => {
      const { id, digest } = await ready(ids(3));
      const script = async (...args: string[]) => await run(['delete', '--selection', id, ...args]);
      const seen = ['--expect-digest', digest, '--expect-count', '3'];
      for (const args of [
        [],
        seen,
        ['--yes'],
        ['--yes', '--expect-count', '3'],
        ['--yes', '--expect-digest', digest],
      ]) {
        const refused = await script(...args);
        expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('Nothing was sent.')]);
      }
      for (const [wrong, said] of [
        [['--expect-digest', '0'.repeat(64)], 'The digest differs from what is expected'],
        [['--expect-count', '4'], 'The count differs from what is expected'],
      ] as const) {
        const refused = await script(...seen, ...wrong, '--yes');
        expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining(said)]);
      }
      expect(lab.queue.kept.size).toBe(0);
      const json = await script(...seen, '--yes', '--json');
      expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'deletion', counts: { total: 3 } });
    });

    test('deletes nothing that still walks, has failed or is empty', async () => {
      const { id } = await selected('--user', 'u1');
      for (const state of ['walking', 'failed', 'cancelled'] as const) {
        lab.queue.becomes(id, { state });
        const refused = await run(['delete', '--selection', id], { isWatched: true, stdin: '0\n' });
        expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(`The selection is ${state}`)]);
      }
      const { digest = '' } = lab.queue.becomesReady(id, []);
      const looked = ['--expect-digest', digest, '--expect-count', '0', '--yes'];
      for (const args of [[], looked]) {
        const empty = await run(['delete', '--selection', id, ...args]);
        expect([empty.exitCode, empty.stderr]).toEqual([2, expect.stringContaining('this selection is empty')]);
      }
      expect((await run(['preview', id])).stderr).toContain('No session fits: look for a slip');
      expect(lab.queue.kept.size).toBe(0);
    });

    test('tells before how many calls it will take', async () => {
      const { id } = await ready(ids(501));
      const { exitCode, stdout } = await run(['delete', '--selection', id, '--dry-run']);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/501 items as one deletion\n[\s\S]*^Calls +11$/m)]);
      expect(lab.queue.kept.size).toBe(0);
    });

    test.each([
      ['ids', ['x', '--selection', 's']],
      ['a file', ['--file', 'x', '--selection', 's']],
      ['no selection', ['x', '--expect-count', '1', '--yes']],
    ])('is told apart from other ways: %s', async (_what, args) => {
      expect((await run(['delete', ...args])).exitCode).toBe(2);
      expect(lab.queue.kept.size).toBe(0);
    });
  });
});

describe('selections on the command line, straight to Redis', () => {
  const lab = redisCliLab();
  const { run } = lab;

  test('are made, shown and deleted as over HTTP', async () => {
    const keys = consumerKeys(lab.redis, lab.prefix, 'default');
    const asked = ['select', '--user', 'u1', '--status', 'Completed', '--reason', 'law', '--idempotency-key', 'sel-1'];
    const onPause = async (): Promise<void> => await walk(keys, 'sel-1', ids(120));
    const made = await run([...asked, '--watch'], { onPause });
    expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(/^Sessions +120$/m)]);
    expect((await run(['preview', 'sel-1', '--csv'])).stdout).toBe(['session_id', ...ids(120), ''].join('\n'));
    const { digest } = JSON.parse((await run(['preview', 'sel-1', '--json'])).stdout) as SelectionView;
    const script = [
      'delete',
      '--selection',
      'sel-1',
      '--expect-digest',
      digest ?? '',
      '--expect-count',
      '120',
      '--yes',
    ];
    const [first, again] = [await run(script), await run(script)];
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining('deletion of 120 items')]);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('The same was asked before.')]);
    await lab.redis.lpop(`${lab.prefix}:{default}:selection:sel-1:items`);
    const other = await run([...script, '--reason', 'another']);
    expect([other.exitCode, other.stderr]).toEqual([3, expect.stringContaining('holds 119 sessions')]);
  });
});
