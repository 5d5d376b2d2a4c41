import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Refusal, type SelectionView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { ids, selectionCliLab } from '../support/selection-cli-lab.ts';

leakGuard();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-cli-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

describe('selections on the command line', () => {
  const lab = selectionCliLab();
  const { run, selected } = lab;

  describe('select', () => {
    test('asks for every part of a filter, with its notes', async () => {
      const file = join(folder, 'ids.csv');
      await writeFile(file, 'session_id,user\na,1\nb,2\na,3\n');
      const spans = ['completed', 'started', 'updated'].flatMap((what) => [
        `--${what}-after`,
        '2023-01-01T00:00:00+01:00',
        `--${what}-before`,
        '2024-01-01',
      ]);
      const span = { from: '2022-12-31T23:00:00.000Z', to: '2024-01-01T00:00:00.000Z' };
      const people = ['--user', 'u1', '--user', 'u2', '--activity', 'a1', '--session-ids-file', file];
      const notes = ['--consumer', 'north', '--reason', 'law', '--requested-by', 'ann'];
      const view = await selected(...people, '--status', 'Completed', 'Pending Scoring', ...spans, ...notes);
      expect(view).toMatchObject({ state: 'walking', consumer: 'north', reason: 'law', requestedBy: 'ann' });
      expect(view.filter).toEqual({
        sessionIds: ['a', 'b'],
        userIds: ['u1', 'u2'],
        activityIds: ['a1'],
        statuses: ['Completed', 'Pending Scoring'],
        completed: span,
        started: span,
        updated: span,
      });
    });

    test('takes spans back from now, in whole seconds, and ids from the standard input', async () => {
      const { filter } = await selected('--started-before', '90d');
      const to = Date.parse(filter.started?.to ?? '');
      expect([to % 1_000, Math.round((Date.now() - to) / 86_400_000)]).toEqual([0, 90]);
      const years = await selected('--started-before', 'P3Y');
      expect(new Date(years.filter.started?.to ?? '').getUTCFullYear()).toBe(new Date().getUTCFullYear() - 3);
      await run(['select', '--session-ids-file', '-'], { stdin: 'x\ny\n' });
      expect([...lab.queue.selections.values()].at(-1)?.view.filter).toEqual({ sessionIds: ['x', 'y'] });
    });

    test('says that nothing is deleted, and how to see what it finds', async () => {
      const { exitCode, stdout, stderr } = await run(['select', '--user', 'u1']);
      const [id = ''] = lab.queue.selections.keys();
      expect(exitCode).toBe(0);
      const lines = ['Accepted the selection for consumer default. Nothing is deleted by it.', `Selection ${id}`, ''];
      expect(stdout.split('\n')).toEqual(lines);
      expect(stderr).toBe(`See what it finds: node cli.js preview ${id}\n`);
    });

    test.each([
      ['nothing that says which sessions', [], 'Say which sessions: --user'],
      ['a status that is none', ['--status', 'Done'], 'Allowed choices are Incomplete'],
      ['a time that is none', ['--completed-before', 'soon'], 'Give a time such as'],
      ['half a span of the calendar', ['--completed-before', 'P3'], 'or a span such as 30min, 12h, 2d, 3w, P18M, P3Y.'],
    ])('asks nothing for %s', async (_what, args, said) => {
      const { exitCode, stderr } = await run(['select', ...args]);
      expect([exitCode, lab.queue.selections.size]).toEqual([2, 0]);
      expect(stderr).toContain(said);
    });

    test('asks nothing for a list that has bad lines, or more ids than a filter takes', async () => {
      const bad = await run(['select', '--session-ids-file', '-'], { stdin: `a\n${'x'.repeat(300)}\n` });
      expect([bad.exitCode, bad.stderr]).toEqual([
        2,
        'the standard input, line 2: must be at most 255 characters\nNothing was asked: 1 bad line.\n',
      ]);
      const long = await run(['select', '--session-ids-file', '-'], { stdin: ids(1_001).join('\n') });
      expect([long.exitCode, long.stderr]).toEqual([2, expect.stringContaining('at most 1,000 session ids')]);
      expect(lab.queue.selections.size).toBe(0);
    });

    test('is refused over times in the wrong order', async () => {
      const args = ['--completed-after', '2024-02-01', '--completed-before', '2024-01-01'];
      const { exitCode, stderr } = await run(['select', ...args]);
      expect([exitCode, stderr]).toEqual([3, 'filter.completed: from must not be after to.\n']);
    });

    test('is one selection while its answer is lost, and another one the next time', async () => {
      let isLost = true;
      lab.queue.before = async () => {
        if (isLost) throw new Refusal('unavailable', 'lost');
      };
      const onPause = (): void => {
        isLost = false;
      };
      expect((await run(['select', '--user', 'u1'], { onPause })).exitCode).toBe(0);
      expect(lab.queue.selections.size).toBe(1);
      await run(['select', '--user', 'u1']);
      expect(lab.queue.selections.size).toBe(2);
      for (const _ of [1, 2]) await run(['select', '--user', 'u1', '--idempotency-key', 'mine']);
      expect(lab.queue.selections.size).toBe(3);
    });

    /** What a walk shows from look to look, and then comes to. */
    function walking(...looks: (Partial<SelectionView> | string[])[]): () => void {
      return () => {
        const [id = ''] = lab.queue.selections.keys();
        const next = looks.shift();
        if (Array.isArray(next)) lab.queue.becomesReady(id, next);
        else if (next !== undefined) lab.queue.becomes(id, next);
      };
    }

    test('waits until it is ready, tells pages and sessions meanwhile, and shows what it found', async () => {
      const looks = Array.from({ length: 6 }, (_, n) => ({ pages: n, count: 50 * n }));
      const onPause = walking(...looks, { waiting: { code: '429', message: 'too fast' } }, ids(300));
      const { exitCode, stdout, stderr } = await run(['select', '--user', 'u1', '--watch'], { onPause });
      expect(exitCode).toBe(0);
      expect(stderr.split('\n').slice(0, 3)).toEqual([
        'walking: 0 pages, 0 sessions',
        'walking: 4 pages, 200 sessions',
        'ready: 6 pages, 300 sessions; waits: too fast (429)',
      ]);
      expect(stdout).toMatch(/^State +ready$/m);
      expect(stdout).toMatch(/^Sessions +300$/m);
    });

    test('paints what it waits for where a person looks, and prints each change for programs', async () => {
      const painted = await run(['select', '--user', 'u1', '--watch'], {
        isWatched: true,
        onPause: walking({ pages: 1, count: 50 }, ids(60)),
      });
      expect(painted.stderr).toContain('1 page, 50 sessions');
      lab.queue.selections.clear();
      const onPause = walking({ pages: 1 }, {}, ids(3));
      const json = await run(['select', '--user', 'u1', '--watch', '--json'], { onPause });
      const states = json.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as SelectionView).state);
      expect(states).toEqual(['walking', 'walking', 'ready']);
    });

    test('that fails is a failure, and one that is interrupted goes on', async () => {
      const onPause = walking({ state: 'failed', error: { code: '20001', message: 'no such filter' } });
      const failed = await run(['select', '--user', 'u1', '--watch'], { onPause });
      expect([failed.exitCode, failed.stdout]).toEqual([1, expect.stringContaining('no such filter (20001)')]);
      const interruption = new AbortController();
      const stopped = await run(['select', '--user', 'u1', '--watch'], {
        interrupted: interruption.signal,
        onPause: () => interruption.abort(),
      });
      expect([stopped.exitCode, stopped.stderr]).toEqual([130, expect.stringContaining('The selection goes on.')]);
    });
  });
});
