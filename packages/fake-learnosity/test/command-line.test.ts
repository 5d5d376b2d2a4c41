import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { booksSchema } from '../src/index.ts';
import { send } from './stage/caller.ts';

/** The built one. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const running: ChildProcess[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fake-learnosity-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command with these options; one with a list is given once for each value. */
function run(options: Record<string, string | string[]>) {
  const args = Object.entries(options).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [`--${name}`, value]),
  );
  const child = spawn(process.execPath, [main, ...args]);
  running.push(child);
  const output = { text: '', errors: '' };
  child.stderr.on('data', (chunk) => {
    output.errors += chunk;
  });
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output.text += chunk;
      if (output.text.includes('\n')) resolve(output.text.split('\n')[0] ?? '');
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output, firstLine, ended };
}

describe('the command line', () => {
  test('starts a stand-in as it is told, says where in one line of JSON, and ends on SIGTERM', async () => {
    const goneFile = join(folder, 'gone.txt');
    const scriptFile = join(folder, 'script.json');
    await writeFile(goneFile, 'lost\r\n\nalso lost\n');
    await writeFile(scriptFile, JSON.stringify({ fault: 'error', status: 500, match: { endpoint: 'metadata' } }));
    const { child, firstLine, ended } = run({
      port: '0',
      seed: 'abc',
      consumer: ['k1:s1:one.example,two.example', 'k2:s2:three.example'],
      lts: 'v1.1.LTS',
      'removed-lts': 'v0.1.LTS',
      quota: ['jobs=1/60000', 'deletion=off'],
      latency: '20-30',
      'job-seconds': '0',
      'gone-file': goneFile,
      gone: 'refuse-named',
      script: scriptFile,
    });
    const { url, port, seed } = JSON.parse(await firstLine);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(seed).toBe('abc');

    const one = { key: 'k1', secret: 's1', domain: 'two.example', path: '/v1.1.LTS/sessions', action: 'delete' };
    const start = performance.now();
    for (let sent = 0; sent < 6; sent += 1) {
      expect((await send(url, { ...one, request: { session_ids: ['here'] } })).status).toBe(sent === 0 ? 200 : 400);
    }
    expect(performance.now() - start).toBeGreaterThan(6 * 19);
    const gone = await send(url, { ...one, request: { session_ids: ['also lost'] } });
    expect(gone.meta).toMatchObject({ code: 20016, message: expect.stringContaining('also lost') });
    expect((await send(url, { ...one, path: '/v0.1.LTS/sessions', request: {} })).status).toBe(410);

    const jobs = {
      key: 'k2',
      secret: 's2',
      domain: 'three.example',
      path: '/v1.1.LTS/jobs',
      action: 'get',
      request: {},
    };
    expect((await send(url, jobs)).status).toBe(200);
    expect((await send(url, jobs)).status).toBe(429);
    expect((await send(url, { ...jobs, path: '/v1.1.LTS/sessions/metadata' })).status).toBe(500);
    const books = booksSchema.parse(await (await fetch(`${url}/__books`)).json());
    expect(books.consumers.k1?.deletion).toMatchObject({ quota: null, accepted: 1, refused: { 20016: 6 } });

    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('knows the sessions of a file and those it makes, and no others', async () => {
    const sessionsFile = join(folder, 'sessions.ndjson');
    await writeFile(sessionsFile, 'plain\n{"sessionId": "told", "userId": "u", "metadata": {"n": 1}}\n');
    const making = { 'make-sessions': '120', 'without-metadata': '0.5', seed: 'lines' };
    const { firstLine } = run({ port: '0', 'sessions-file': sessionsFile, ...making });
    const { url } = JSON.parse(await firstLine);
    const text = await (await fetch(`${url}/__sessions`)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, 2)).toMatchObject([
      { sessionId: 'plain', userId: 'learner', shown: true },
      { sessionId: 'told', userId: 'u', metadata: { n: 1 }, shown: true },
    ]);
    expect(lines).toHaveLength(122);
    const hidden = lines.filter(({ shown }) => !shown).length;
    expect(hidden).toBeGreaterThan(30);
    expect(hidden).toBeLessThan(90);
    const request = { session_ids: ['plain', 'told', lines[2].sessionId, 'unknown'] };
    await send(url, { action: 'delete', request });
    const { sessions } = booksSchema.parse(await (await fetch(`${url}/__books`)).json());
    expect(sessions).toMatchObject({ named: 4, absent: 1 });
  });

  test('names every wrong option and the reason, and ends with 1', async () => {
    const bad = join(folder, 'bad.json');
    const badSessions = join(folder, 'bad.ndjson');
    await writeFile(bad, '{"fault": "nonsense"}');
    await writeFile(badSessions, 'good\n{"id": "a"}\n');
    const { output, ended } = run({
      port: 'x',
      consumer: 'only-a-key',
      latency: '9-1',
      'halt-rate': '2',
      'job-seconds': 'soon',
      quota: 'deletions=1/2',
      'gone-file': join(folder, 'nowhere'),
      script: bad,
      'sessions-file': badSessions,
    });
    expect(await ended).toBe(1);
    expect(output.text).toBe('');
    for (const problem of [
      '--port: must be 0 to 65535',
      '--consumer: must be key:secret:domain',
      '--latency: min must not be over max',
      '--halt-rate: ',
      '--job-seconds: must be a number or min-max',
      '--quota: must be <call>=<calls>/<ms>',
      '--gone-file: cannot be read',
      '--script: ',
      '--sessions-file: line 2 is no session',
    ]) {
      expect(output.errors).toContain(problem);
    }
  });

  test('takes no share of sessions that it does not make', async () => {
    const { output, ended } = run({ port: '0', 'without-metadata': '0.1' });
    expect(await ended).toBe(1);
    expect(output.errors).toBe('--without-metadata: goes with --make-sessions\n');
  });

  test('says so when the port is taken', async () => {
    const { firstLine } = run({ port: '0' });
    const { port } = JSON.parse(await firstLine);
    const { output, ended } = run({ port: `${port}` });
    expect(await ended).toBe(1);
    expect(output.errors).toMatch(/EADDRINUSE/);
  });

  test('teaches its use', async () => {
    const { output, ended } = run({ help: '' });
    expect(await ended).toBe(0);
    for (const word of ['--consumer', '/__books', '/__sessions', '/__script', 'reappearance', 'Examples']) {
      expect(output.text).toContain(word);
    }
  });
});
