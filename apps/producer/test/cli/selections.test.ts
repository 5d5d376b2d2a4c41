import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { ids, selectionCliLab } from '../support/selection-cli-lab.ts';

leakGuard();

describe('selections on the command line', () => {
  const lab = selectionCliLab();
  const { run, selected, ready } = lab;

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
      expect([empty.exitCode, empty.stderr]).toEqual([0, expect.stringContaining('No session fits')]);
      expect((await run(['preview', id, '--csv'])).stdout).toBe('session_id\n');
      const unknown = await run(['preview', 'nobody']);
      expect([unknown.exitCode, unknown.stderr]).toEqual([3, expect.stringContaining('No selection has this id')]);
    });
  });
});
