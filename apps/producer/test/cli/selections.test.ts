import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal, type SelectionView } from '@session-queue/core';
import { consumerKeys } from '@session-queue/core/engine';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { cliLab } from '../support/cli-lab.ts';
import { type Run, type RunOptions, runCommand } from '../support/test-terminal.ts';
import { walk } from '../support/walk.ts';

leakGuard();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-cli-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`);

describe('selections on the command line', () => {
  const lab = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');
  const { run } = lab;

  async function selected(...args: string[]): Promise<SelectionView> {
    const { stdout, stderr, exitCode } = await run(['select', ...args, '--json']);
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as SelectionView;
  }

  async function ready(sessionIds: readonly string[]): Promise<SelectionView & { digest: string }> {
    const { id } = await selected('--user', 'u1', '--completed-before', '2024-01-01');
    const view = lab.queue.becomesReady(id, sessionIds);
    return { ...view, digest: view.digest ?? '' };
  }

  function onlyRequest() {
    const [request] = [...lab.queue.kept.values()];
    return request;
  }

  describe('metadata', () => {
    test('is kept on wish, and printed alone, a line for each session', async () => {
      const { id, keepMetadata } = await selected('--user', 'u1', '--keep-metadata');
      expect(keepMetadata).toBe(true);
      lab.queue.becomesReady(id, ids(1_200));
      const all = (await run(['preview', id, '--metadata'])).stdout.trimEnd().split('\n');
      expect(all.map((line) => (JSON.parse(line) as { session_id: string }).session_id)).toEqual(ids(1_200));
      expect((await run(['preview', id, '--metadata', '--limit', '3'])).stdout.trimEnd().split('\n')).toHaveLength(3);
      expect((await run(['preview', id])).stdout).toContain('Metadata      kept');
      const { id: other } = await ready(ids(1));
      const refused = await run(['preview', other, '--metadata']);
      expect([refused.exitCode, refused.stdout]).toEqual([3, '']);
    });
  });

  describe('the list', () => {
    test('has the newest first, with the filter in words, as a table, as lines and as JSON', async () => {
      const first = await ready(ids(2));
      const second = await selected('--activity', 'a1', '--consumer', 'north', '--reason', 'law');
      lab.queue.becomes(second.id, { waiting: { code: '429', message: 'over the quota' } });
      const { stdout } = await run(['selections']);
      const [newest, oldest, ...more] = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
      expect(newest?.slice(0, 5)).toEqual([second.id, 'north', 'walking', '0', '0']);
      expect(newest?.slice(8)).toEqual(['law', 'Of activities a1']);
      expect(oldest?.slice(0, 6)).toEqual([first.id, 'default', 'ready', '2', '1', first.digest]);
      expect(oldest?.at(-1)).toBe('Of users u1; Completed before 2024-01-01T00:00:00.000Z');
      expect(more).toEqual([]);
      const table = (await run(['selections', '--consumer', 'north'], { stdoutIsTty: true })).stdout;
      expect(table).toMatch(/ID +CONSUMER +STATE +SESSIONS/);
      expect(table).toContain('walking (waits)');
      expect(table).not.toContain(first.id);
      const json = (await run(['selections', '--state', 'ready', '--json'])).stdout;
      expect(JSON.parse(json)).toEqual(lab.queue.selections.get(first.id)?.view);
      expect((await run(['selections', '--state', 'failed'])).stderr).toContain('No selection is like that.');
    });
  });

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

  describe('preview', () => {
    test('shows the numbers, the filter and the first sessions, and how to delete exactly these', async () => {
      const { id, digest } = await ready(ids(2_345));
      const { exitCode, stdout, stderr } = await run(['preview', id]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Sessions +2,345$/m);
      expect(stdout).toMatch(new RegExp(`^Digest +${digest}$`, 'm'));
      expect(stdout).toMatch(/^Of users +u1$/m);
      expect(stdout).toMatch(/^Completed +before 2024-01-01T00:00:00.000Z$/m);
      expect(stdout.match(/id-\d+/g)).toEqual(ids(10));
      expect(stderr).toContain('There are 2,335 more: --limit, or all of them with --csv.');
      expect(stderr).toContain(`node cli.js delete --selection ${id}`);
      expect((await run(['preview', id, '--limit', '3'])).stdout.match(/id-\d+/g)).toEqual(ids(3));
    });

    test('gives all sessions as CSV or NDJSON, or as many as one likes', async () => {
      const { id } = await ready(ids(2_345));
      expect((await run(['preview', id, '--csv'])).stdout).toBe(['session_id', ...ids(2_345), ''].join('\n'));
      const lines = ids(1_500).map((one) => `"${one}"\n`);
      expect((await run(['preview', id, '--ndjson', '--limit', '1500'])).stdout).toBe(lines.join(''));
      const json = JSON.parse((await run(['preview', id, '--json', '--limit', '2'])).stdout) as object;
      expect(json).toMatchObject({ id, state: 'ready', count: 2_345, sessionIds: ids(2) });
      expect((await run(['preview', id, '--csv', '--json'])).exitCode).toBe(2);
    });

    test('shows how far it is while it walks, and gives no sessions then', async () => {
      const { id } = await selected('--user', 'u1');
      lab.queue.becomes(id, { pages: 3, count: 150 });
      const { exitCode, stdout, stderr } = await run(['preview', id]);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Sessions +150 so far$/m);
      const csv = await run(['preview', id, '--csv']);
      expect([csv.exitCode, csv.stdout, csv.stderr]).toEqual([3, '', expect.stringContaining('is walking')]);
    });

    test('of nothing says so, and that of an unknown one is refused', async () => {
      const { id } = await ready([]);
      const empty = await run(['preview', id]);
      expect([empty.exitCode, empty.stderr]).toEqual([0, '']);
      expect((await run(['preview', id, '--csv'])).stdout).toBe('session_id\n');
      const unknown = await run(['preview', 'nobody']);
      expect([unknown.exitCode, unknown.stderr]).toEqual([3, expect.stringContaining('No selection has this id')]);
    });
  });

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
      for (const wrong of [
        ['--expect-digest', '0'.repeat(64)],
        ['--expect-count', '4'],
      ]) {
        const refused = await script(...seen, ...wrong, '--yes');
        expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('is not what is expected')]);
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
      lab.queue.becomesReady(id, []);
      expect((await run(['delete', '--selection', id])).exitCode).toBe(2);
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
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
  });

  async function run(args: string[], options: Partial<RunOptions> = {}): Promise<Run> {
    const environment = { SESSION_QUEUE_REDIS: server.url, REDIS_PREFIX: server.prefix };
    return await runCommand(args, { environment, ...options });
  }

  test('are made, shown and deleted as over HTTP', async () => {
    const keys = consumerKeys(redis, server.prefix, 'default');
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
    await redis.lpop(`${server.prefix}:{default}:selection:sel-1:items`);
    const other = await run([...script, '--reason', 'another']);
    expect([other.exitCode, other.stderr]).toEqual([3, expect.stringContaining('holds 119 sessions')]);
  });
});
