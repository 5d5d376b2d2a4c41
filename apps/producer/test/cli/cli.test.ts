import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Refusal } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';

leakGuard();

describe('the command line', () => {
  const lab = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');
  const { run } = lab;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-cli-'));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  async function accepted(...ids: string[]): Promise<string> {
    return (await lab.queue.deleteSessions({ sessionIds: ids, id: `request-${lab.queue.kept.size}` })).id;
  }

  function onlyRequest() {
    const [request] = [...lab.queue.kept.values()];
    return request;
  }

  test('deletes the ids of a file with its notes, and says how to follow', async () => {
    const file = join(folder, 'ids.csv');
    await writeFile(file, 'session_id,user\na,1\nb,2\na,3\n');
    const { exitCode, stdout, stderr } = await run([
      'delete',
      '--file',
      file,
      '--consumer',
      'north',
      '--reason',
      'asked',
      '--yes',
    ]);
    expect(exitCode).toBe(0);
    expect(onlyRequest()).toMatchObject({
      items: ['a', 'b'],
      view: { kind: 'deletion', consumer: 'north', reason: 'asked', requestedBy: 'desk' },
    });
    const id = onlyRequest()?.view.id ?? '';
    expect(stdout).toBe(`Accepted the deletion of 2 items for consumer north (1 more given twice).\nRequest ${id}\n`);
    expect(stderr).toContain(`node cli.js watch ${id}`);
  });

  test('takes ids from arguments and from the standard input, and prints JSON', async () => {
    const one = await run(['delete', 'x', ' y ', '--yes', '--json']);
    expect(JSON.parse(one.stdout)).toMatchObject({ kind: 'deletion', counts: { total: 2 } });
    const two = await run(['delete', '--file', '-', '--requested-by', 'ann', '--yes'], { stdin: 'p\nq\nr\n' });
    expect(two.exitCode).toBe(0);
    expect([...lab.queue.kept.values()].map(({ items }) => items)).toEqual([
      ['x', 'y'],
      ['p', 'q', 'r'],
    ]);
  });

  test('asks a person before it deletes, and does nothing unless their number is typed', async () => {
    for (const stdin of ['\n', 'y\n', 'yes\n', '1\n', '']) {
      const refused = await run(['delete', 'x', 'y'], { isWatched: true, stdin });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain(
        'Delete 2 sessions of consumer default at Learnosity, for good?\nType 2 to go on: ',
      );
      expect(refused.stderr).toContain('Nothing was sent.');
    }
    expect((await run(['delete', 'x'], { isWatched: true })).stderr).toContain('Delete 1 session of');
    expect(lab.queue.kept.size).toBe(0);
    expect((await run(['delete', 'x', 'y'], { isWatched: true, stdin: '2\n' })).exitCode).toBe(0);
    expect((await run(['delete', 'z', '--yes'], { isWatched: true })).exitCode).toBe(0);
    expect(lab.queue.kept.size).toBe(2);
  });

  test('does not take the list for the answer when a person pipes it in', async () => {
    const { exitCode, stderr } = await run(['delete', '--file', '-'], { isWatched: true, stdin: 'yes\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('confirm with --yes');
    expect(lab.queue.kept.size).toBe(0);
  });

  test.each([
    ['nobody sees the question', { isWatched: false, stdinIsTty: true }],
    ['nobody can answer it', { isWatched: true, stdinIsTty: false }],
    ['nobody is there at all', { isWatched: false }],
  ])('deletes nothing without --yes where %s, not even on a yes', async (_where, terminal) => {
    const { exitCode, stdout, stderr } = await run(['delete', 'x'], { ...terminal, stdin: 'yes\n' });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Nobody can be asked here: confirm with --yes. Nothing was sent.');
    expect(lab.queue.kept.size).toBe(0);
  });

  test('resubmits the files of a folder by name, without the space around them', async () => {
    const dir = join(folder, 'failed');
    await mkdir(join(dir, 'below'), { recursive: true });
    await writeFile(join(dir, 'b.txt'), '\ufeff  QkJC\r\n');
    await writeFile(join(dir, 'a.txt'), 'QUFB');
    await writeFile(join(dir, '.hidden'), 'not base64!');
    expect((await run(['resubmit', dir])).exitCode).toBe(0);
    expect(onlyRequest()).toMatchObject({ items: ['QUFB', 'QkJC'], view: { kind: 'resubmission' } });
    await run(['resubmit', join(dir, 'b.txt')]);
    expect(lab.queue.kept.size).toBe(2);
  });

  test('names the file that holds no submission, and sends none', async () => {
    const [good, bad] = [join(folder, 'good.txt'), join(folder, 'bad.txt')];
    await writeFile(good, 'QUFB');
    await writeFile(bad, 'not base64!');
    const { exitCode, stderr } = await run(['resubmit', good, bad]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `${bad}: must be base64 (RFC 4648, padded)\n` +
        'Nothing was sent: 1 bad item. Mend them, or leave them out with --skip-invalid.\n',
    );
    expect(lab.queue.kept.size).toBe(0);
  });

  test.each([
    [['delete']],
    [['delete', 'x', '--file', 'f']],
    [['delete', '--file', '/nowhere/ids.csv']],
    [['delete', '--column', 'c']],
    [['resubmit']],
    [['resubmit', '/nowhere']],
    [['status']],
    [['status', 'x', '--url', 'ftp://x']],
    [['items', 'x']],
    [['items', 'x', '--failed', '--parked']],
    [['items', 'x', '--failed', '--csv', '--json']],
    [['list', '--since', 'yesterday']],
    [['list', '--limit', '0']],
    [['delete', 'x', '--redis', 'redis://a', '--url', 'http://b']],
    [['delete', 'x', '--redis', 'http://a']],
    [['delete', '--file', '-', '--file', '-']],
    [['stop']],
    [['unknown']],
  ])('%j is wrong usage: exit code 2, the reason on stderr, nothing on stdout', async (args) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  test('shows a request to people and to programs', async () => {
    const id = await accepted('a', 'b');
    const view = lab.queue.kept.get(id)?.view;
    Object.assign(view ?? {}, { laneStopped: { code: '40001', message: 'wrong\u001b[31m secret', since: 'now' } });
    const { exitCode, stdout } = await run(['status', id]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[..............................]   0 %');
    expect(stdout).toContain('2 waiting');
    expect(stdout).toContain('wrong?[31m secret (40001)');
    expect(JSON.parse((await run(['status', id, '--json'])).stdout)).toEqual(JSON.parse(JSON.stringify(view)));
  });

  test('lists all failed items over all pages', async () => {
    const ids = Array.from({ length: 2_300 }, (_, n) => `id-${n}`);
    const id = await accepted(...ids);
    lab.queue.report(
      id,
      'failed',
      ids.map((item) => ({ item, code: '20003', message: 'a\tb\n' })),
    );
    const { stdout } = await run(['items', id, '--failed']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2_300);
    expect(lines.at(-1)).toBe('id-2299\t20003\ta?b?');
    const json = await run(['items', id, '--failed', '--json']);
    expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).toEqual({ item: 'id-0', code: '20003', message: 'a\tb\n' });
    expect((await run(['items', id, '--parked'])).stderr).toContain('no parked items');
  });

  test('changes requests and the switch', async () => {
    const id = await accepted('a', 'b');
    expect((await run(['hold', id])).stdout).toContain('held');
    expect((await run(['release', id])).stdout).toContain('processing');
    lab.queue.report(id, 'parked', [{ item: 'a', code: 'x', message: 'y' }]);
    expect((await run(['parked', id, 'resend'])).exitCode).toBe(0);
    expect(lab.queue.kept.get(id)?.view.counts).toMatchObject({ parked: 0, pending: 2 });
    lab.queue.report(id, 'failed', [{ item: 'a', code: 'x', message: 'y' }]);
    expect((await run(['retry', id, '--reason', 'mended'])).stdout).toContain('processing');
    expect((await run(['cancel', id])).stdout).toContain('cancelled');
    expect((await run(['stop', '--reason', 'wrong list'])).stdout).toContain(
      'Every deletion is stopped, until: node cli.js start --kind deletion',
    );
    expect(lab.queue.stopped.get('deletion')).toBe('wrong list');
    expect((await run(['start', '--json'])).stdout).toBe('{"kind":"deletion","stopped":false}\n');
  });

  test('approves of deletions as whom the token names, and revokes them', async () => {
    const id = await accepted('a', 'b');
    Object.assign(lab.queue.kept.get(id)?.view ?? {}, { state: 'waiting', keyName: 'lms' });
    expect((await run(['status', id])).stdout).toContain('waiting for the approval of a second person');
    expect((await run(['approve', id, '--reason', 'compared'])).stdout).toMatch(/Approved .* by desk: compared/);
    expect(lab.queue.kept.get(id)?.view).toMatchObject({ state: 'accepted', approvedBy: 'desk' });
    expect((await run(['revoke', id, '--reason', 'wrong list'])).stdout).toMatch(/Revoked .* by desk: wrong list/);
    expect(lab.queue.kept.get(id)?.view).toMatchObject({ state: 'cancelled' });
  });

  test('holds sessions, users and activities, lists what is held, and lifts it', async () => {
    const file = join(folder, 'held.csv');
    await writeFile(file, Array.from({ length: 1_500 }, (_, n) => `held-${n}\n`).join(''));
    const why = ['--reason', 'case 12'];
    const added = await run(['legal-hold', 'add', '--file', file, ...why]);
    expect(added.stdout).toMatch(
      /^1,000 sessions held for consumer default: \S+\n500 sessions held for consumer default: \S+\n$/,
    );
    expect((await run(['legal-hold', 'add', '--user', 'jane', ...why, '--json'])).stdout).toContain('"userId":"jane"');
    const ofMaths = await run(['legal-hold', 'add', '--activity', 'maths', ...why]);
    expect(ofMaths.stderr).toMatch(/legal-hold show \S+ says how many/);
    const [, shownId = ''] = /show (\S+)/.exec(ofMaths.stderr) ?? [];
    const shown = await run(['legal-hold', 'show', shownId]);
    expect(shown.stdout).toMatch(
      /^On {12}activity maths\nKeeps {9}0 sessions\nPlaced .* by desk\nReason {8}case 12\n$/m,
    );
    expect((await run(['legal-hold', 'show', shownId, '--json'])).stdout).toContain('"activityId":"maths"');
    expect(await run(['legal-hold', 'show', 'nobody'])).toMatchObject({
      stderr: expect.stringContaining('legal hold'),
    });
    const holds = await lab.queue.holds.legalHolds();
    expect(holds.map(({ sessions, by }) => [sessions, by])).toEqual([
      [1_000, 'desk'],
      [500, 'desk'],
      [0, 'desk'],
      [0, 'desk'],
    ]);
    Object.assign(holds[3] ?? {}, { resolvedAt: new Date().toISOString() });
    const listed = (await run(['legal-hold', 'list'])).stdout;
    expect(listed).toMatch(/\tactivity\tmaths\t0\tnothing\t/);
    expect(listed).toMatch(/^[^\t]+\tdefault\tuser\tjane\t0\tnot yet\t\d{4}-[^\t]+Z\tdesk\tcase 12$/m);
    Object.assign((await lab.queue.holds.legalHolds())[2] ?? {}, { liftedAt: new Date().toISOString() });
    const onTerminal = await run(['legal-hold', 'list'], { stdoutIsTty: true });
    expect(onTerminal.stdout).toMatch(/user jane +0 +being lifted /);
    expect((await run(['legal-hold', 'remove', holds[0]?.id ?? ''])).exitCode).toBe(2);
    for (const { id } of holds)
      expect((await run(['legal-hold', 'remove', id, ...why])).stdout).toContain('Lifted the legal hold');
    expect(await lab.queue.holds.legalHolds()).toEqual([]);
    for (const wrong of [[], ['a', '--user', 'b']]) {
      expect((await run(['legal-hold', 'add', ...wrong, ...why])).exitCode).toBe(2);
    }
  });

  test('a refusal is exit code 3 with field and reason', async () => {
    lab.queue.known = ['north'];
    const refused = await run(['delete', 'x', '--yes', '--consumer', 'south']);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('consumer: no worker has announced this consumer');
    expect(refused.stderr).toContain('The command "consumers" lists them.');
    expect((await run(['status', 'none'])).exitCode).toBe(3);
    expect((await run(['status', 'none', '--token', 'wrong'])).stderr).toContain(
      'This API token is not known.\nThe token is taken from SESSION_QUEUE_TOKEN, or from --token.',
    );
  });

  test('a request is sent again while the producer is not up to it, as long as it says', async () => {
    let failures = 2;
    lab.queue.before = async () => {
      failures -= 1;
      if (failures >= 0) throw new Refusal('memory_short', 'full');
    };
    const { exitCode, pauses, stderr } = await run(['delete', 'x', '--yes']);
    expect([exitCode, pauses]).toEqual([0, [30_000, 30_000]]);
    expect(stderr).toContain('Trying again in 30 s.');
    expect(lab.queue.kept.size).toBe(1);
  });

  test('a producer that is away is exit code 4, at once for what may not be repeated', async () => {
    const environment = { SESSION_QUEUE_URL: 'http://127.0.0.1:1' };
    const asked = await run(['delete', 'x', '--yes'], { environment });
    expect([asked.exitCode, asked.pauses]).toEqual([4, [1, 2, 4, 8, 15, 15, 15].map((seconds) => seconds * 1_000)]);
    const changed = await run(['cancel', 'x'], { environment });
    expect([changed.exitCode, changed.pauses]).toEqual([4, []]);
  });

  test('what is no producer is said to be none', async () => {
    expect((await run(['status', 'x', '--url', `${lab.url}/healthz/`])).exitCode).toBe(3);
  });

  test('says its version', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('teaches itself', async () => {
    const { exitCode, stdout } = await run(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Examples:[\s\S]*Exit codes:/);
    expect((await run(['delete', '--help'])).stdout).toMatch(
      /Usage: node cli.js delete [\s\S]*--column <name>[\s\S]*Examples:\n {2}\$ node cli.js delete --file ids.csv/,
    );
    expect((await run(['parked', '--help'])).stdout).not.toMatch(/session-queue [a-z]/);
  });
});
