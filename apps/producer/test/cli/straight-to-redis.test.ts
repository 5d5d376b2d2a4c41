import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RequestView, SessionQueueClient } from '@session-queue/core';
import { Announcements } from '@session-queue/core/engine';
import { freePort, leakGuard } from '@session-queue/testing';
import { redisCliLab } from '../support/redis-cli-lab.ts';
import type { RunOptions } from '../support/test-terminal.ts';

leakGuard();

describe('the command line, straight to Redis', () => {
  const lab = redisCliLab();
  const { run } = lab;
  const json = async (args: string[], options?: Partial<RunOptions>) => await lab.json<RequestView>(args, options);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-cli-'));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  const ids = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`);

  test('takes long lists of every kind, several at once, and counts what was given twice', async () => {
    const [one, two, three] = ['one.csv', 'two.txt.gz', 'three.ndjson'].map((name) => join(folder, name));
    await writeFile(
      one ?? '',
      `user,session_id\n${ids('a', 3_000)
        .map((id) => `u,${id}`)
        .join('\n')}\n`,
    );
    await writeFile(two ?? '', gzipSync(ids('a', 3_500).join('\n')));
    await writeFile(three ?? '', '"b-1"\n{"sessionId":"b-2"}\n');
    const files = [one, two, three].flatMap((file) => ['--file', file ?? '']);
    const view = await json(['delete', ...files, '--yes', '--priority', 'low', '--not-before', '2d']);
    expect(view).toMatchObject({ state: 'accepted', priority: 'low', counts: { total: 3_502, duplicates: 3_000 } });
    expect(Date.parse(view.notBefore ?? '') - Date.now()).toBeGreaterThan(47 * 3_600_000);
    expect(await json(['status', view.id])).toEqual(view);
  });

  test('the same again is the same request, told so; with a key of its own it is another one', async () => {
    const first = await json(['delete', 'x', '--yes']);
    const again = await run(['delete', 'x', '--yes', '--priority', 'high', '--not-before', '12h']);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('The same was asked before.');
    expect(again.stderr).toContain('It stands with no time to wait for, priority normal.');
    expect(again.stdout).toContain(first.id);
    const anew = await json(['delete', 'x', '--yes', '--idempotency-key', 'once-more']);
    expect(anew.id).toBe('once-more');
    const other = await run(['delete', 'y', '--yes', '--idempotency-key', 'once-more']);
    expect([other.exitCode, other.stdout]).toEqual([3, '']);
    expect(other.stderr).toContain('his id belongs to a request with other content');
  });

  test('puts sessions into the index where the workers do, or the environment says so', async () => {
    const settings = { sessionIndex: true, retentionMs: 86_400_000 };
    const { environment, redis, prefix } = lab;
    const queue = new SessionQueueClient({ redis, prefix, sessionIndex: true });
    const outcomes = async (id: string) => (await queue.findSession(id)).map(({ outcome }) => outcome);
    await json(['delete', 'unseen', '--yes']);
    await json(['delete', 'told', '--yes'], { environment: { ...environment, SESSION_INDEX: 'true' } });
    await new Announcements(redis, prefix).announce('one', [{ name: 'default', identity: 'd' }], { settings });
    await json(['delete', 'followed', '--yes']);
    expect(await outcomes('unseen')).toEqual([]);
    expect(await outcomes('told')).toEqual(['waiting']);
    expect(await outcomes('followed')).toEqual(['waiting']);
    const wrong = await run(['list'], { environment: { ...environment, SESSION_INDEX: 'perhaps' } });
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, 'SESSION_INDEX must be true or false.\n']);
    await queue.close();
  });

  test('sends nothing while a line is bad, or leaves out and counts the bad ones on wish', async () => {
    const file = join(folder, 'bad.ndjson');
    await writeFile(file, `"g-1"\n{}\n"g-2"\n"${'x'.repeat(300)}"\n`);
    const refused = await run(['delete', '--file', file, '--yes']);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr.split('\n')).toEqual([
      `${file}, line 2: must be a string, or an object with the field sessionId`,
      `${file}, line 4: must be at most 255 characters`,
      'Nothing was sent: 2 bad items. Mend them, or leave them out with --skip-invalid.',
      '',
    ]);
    const view = await json(['delete', '--file', file, '--yes', '--skip-invalid']);
    expect(view).toMatchObject({ skipped: 2, counts: { total: 2 } });
  });

  test('a dry run sends nothing, and tells what would be sent and how long it takes', async () => {
    const stdin = `${[...ids('dry', 501), 'dry-0'].join('\n')}\n`;
    const { exitCode, stdout } = await run(['delete', '--file', '-', '--dry-run'], { stdin });
    expect([exitCode, stdout.split('\n')]).toEqual([
      0,
      [
        'Would send    501 items as one deletion',
        'Duplicates    1, left out: each is sent once',
        'Bad items     0',
        'Calls         11',
        "Time          10 s at Learnosity's quota of 5 calls in any 5 s, with nothing else in line",
        "Not in it     waits for a second person, a hold window or a new day, where the consumer's deletions have them",
        '',
      ],
    ]);
    const plan = await run(['delete', '--file', '-', '--dry-run', '--json'], { stdin: `a\n${'x'.repeat(256)}\n` });
    expect([plan.exitCode, JSON.parse(plan.stdout)]).toEqual([
      2,
      {
        kind: 'deletion',
        items: 1,
        distinct: 1,
        duplicates: 0,
        bad: 1,
        badItems: ['the standard input, line 2: must be at most 255 characters'],
        calls: 1,
        seconds: 0,
      },
    ]);
    expect((await run(['status', 'none'])).exitCode).toBe(3);
    expect((await run(['list', '--requested-by', 'nobody'])).stderr).toBe('No request is like that.\n');
  });

  test('leaves nothing of the standard input behind', async () => {
    const before = new Set(await readdir(tmpdir()));
    await run(['delete', '--file', '-', '--yes'], { stdin: 'left-behind\n' });
    const after = (await readdir(tmpdir())).filter((name) => !before.has(name) && /^session-queue-.{6}$/.test(name));
    expect(after).toEqual([]);
  });

  test('resubmits files, folders and NDJSON together', async () => {
    const dir = await mkdtemp(join(folder, 'failed-'));
    await writeFile(join(dir, 'b.txt'), ' QkJC\n');
    await writeFile(join(dir, 'c.gz'), gzipSync('Q0ND'));
    await writeFile(join(dir, 'd.ndjson'), '"RERE"\n{"submission":"RUVF"}\n');
    const view = await json(['resubmit', dir, '-', '--consumer', 'default'], { stdin: 'QUFB' });
    expect(view).toMatchObject({ kind: 'resubmission', counts: { total: 5 } });
  });

  test('asks before old recordings may overwrite newer responses', async () => {
    const file = join(folder, 'old.txt');
    await writeFile(file, 'T0xE');
    const args = ['resubmit', file, '--ignore-response-revisions'];
    expect((await run(args)).exitCode).toBe(2);
    const answered = await run(args, { isWatched: true, stdin: '1\n' });
    expect(answered.stderr).toContain('over responses that may be newer? There is no undo.\nType 1 to go on: ');
    expect(answered.exitCode).toBe(0);
  });

  test('lists requests by what they are, as a table, as lines and as JSON', async () => {
    await new Announcements(lab.redis, lab.prefix).announce('one', [
      { name: 'north', identity: 'k' },
      { name: 'default', identity: 'd' },
    ]);
    expect((await run(['consumers'])).stdout).toBe('default\nnorth\n');
    const reasons = ['first', 'a reason that is far too long for the width of a terminal'];
    for (const [n, reason] of reasons.entries()) {
      await json(['delete', `list-${n}`, '--yes', '--consumer', 'north', '--reason', reason, '--requested-by', 'ann']);
    }
    const args = ['list', '--consumer', 'north', '--state', 'accepted', '--since', '1h'];
    const table = (await run(args, { stdoutIsTty: true, columns: 110 })).stdout.trimEnd().split('\n');
    expect(table[0]).toMatch(/^ID +KIND +CONSUMER +STATE +ITEMS +DONE +FAILED +CREATED +BY +REASON$/);
    expect(table).toHaveLength(3);
    expect(table[1]).toMatch(/ north +accepted +1 +0 % +0 +(now|\d+ s ago) +ann +a rea.*…$/);
    expect(table.filter((line) => line.length > 110)).toEqual([]);
    const lines = (await run(args)).stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(1, 7))).toEqual(
      [1, 2].map(() => ['deletion', 'north', 'accepted', '1', '0', '0']),
    );
    const shown = (await run([...args, '--json', '--limit', '1'])).stdout.trimEnd().split('\n');
    expect(shown.map((line) => (JSON.parse(line) as RequestView).reason)).toEqual(reasons.slice(1));
  });

  test('changes requests', async () => {
    const { id } = await json(['delete', 'changed', '--yes']);
    expect((await json(['hold', id])).state).toBe('held');
    expect((await json(['release', id])).state).not.toBe('held');
    expect((await json(['cancel', id])).counts).toMatchObject({ cancelled: 1, pending: 0 });
    expect((await run(['retry', id, '--reason', 'again'])).exitCode).toBe(3);
  });

  test('a retry says who asked for it', async () => {
    const { id } = await json(['delete', 'retried', '--yes']);
    const record = `${lab.prefix}:{default}:request:${id}`;
    await lab.redis.hset(record, { state: 'failed', pending: 0, failed: 1, finishedAt: Date.now() });
    await lab.redis.del(`${record}:items`);
    await lab.redis.rpush(`${record}:failures`, '20001 not deletable\nretried');
    const { retried } = await json(['retry', id, '--reason', 'mended']);
    expect(retried).toMatchObject({ reason: 'mended', by: userInfo().username });
  });

  test('a Redis that is away is exit code 4, with what to do', async () => {
    const { exitCode, stderr } = await run(['status', 'x', '--redis', `redis://127.0.0.1:${await freePort()}`]);
    expect(exitCode).toBe(4);
    expect(stderr).toBe('Redis does not answer (ECONNREFUSED): check that it runs, and --redis.\n');
  });
});
