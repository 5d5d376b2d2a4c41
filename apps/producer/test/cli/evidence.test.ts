import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  appendTo,
  type Certificate,
  certificateSchema,
  type Entry,
  emptyHead,
  FileArchive,
  GoneSessions,
  headOf,
  issueCertificate,
  leafLine,
  readSigningKey,
  type SigningKey,
  saltLine,
  signHead,
} from '@session-queue/core/evidence';
import { S3Server } from '@session-queue/testing';
import type { CliEnvironment } from '../../src/cli/connection/environment.ts';
import { certificateExample } from '../../src/openapi/certificate-example.ts';
import { cliLab } from '../support/cli-lab.ts';
import { type Run, runCommand } from '../support/test-terminal.ts';

const at = '2027-01-31T08:00:00.000Z';
let folder: string;
let key: SigningKey;
let publicKey: string;

const run = async (...args: string[]): Promise<Run> => await runCommand(args, { environment: {} });
const inFolder = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-evidence-'));
  const made = await run('evidence-key', '-o', inFolder('key'));
  publicKey = inFolder('key.pub');
  await writeFile(publicKey, made.stdout);
  key = readSigningKey(await readFile(inFolder('key'), 'utf8'));
});
afterEach(async () => await rm(folder, { recursive: true }));

/** A journal of some records with a checkpoint behind them, in one file. */
async function journal(records = 5): Promise<{ path: string; head: string }> {
  const entries: Entry[] = [];
  let head = emptyHead;
  for (let number = 1; number <= records; number += 1) {
    const accepted = {
      event: 'request-accepted',
      at,
      request: `r-${number}`,
      kind: 'deletion',
      consumer: 'north',
    } as const;
    const entry = number === records ? signHead(head, at, key) : appendTo(head, accepted);
    entries.push(entry);
    head = headOf(entry);
  }
  const archive = await FileArchive.open({ folder: inFolder('journal') });
  await archive.append(entries);
  await archive.close();
  return { path: inFolder('journal'), head: `${head.sequence}:${head.hash}` };
}

async function inJournal(change: (lines: string[]) => string[]): Promise<void> {
  const path = join(inFolder('journal'), 'journal-0000000000000001.jsonl');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  await writeFile(path, `${change(lines).join('\n')}\n`);
}

/** A certificate of a request with these sessions, which are gone. */
function certificateOf(sessions: readonly string[], { isCarrying = true } = {}): Certificate {
  const { version: _v, gone: _g, leaves: _l, keyId: _k, signature: _s, ...facts } = certificateExample;
  const gone = new GoneSessions(Buffer.alloc(32, 7));
  for (const session of sessions) gone.add(session);
  const counts = { ...facts.counts, total: sessions.length, succeeded: sessions.length, failed: 0 };
  const request = { ...facts.request, kind: 'deletion' } as const;
  const { leaves, ...signed } = issueCertificate({ ...facts, request, state: 'completed', counts }, key, gone);
  return { ...signed, ...(isCarrying && leaves !== undefined && { leaves }) };
}

describe('evidence-key', () => {
  test('writes a private key that only its owner reads, prints the public one, and never writes over a file', async () => {
    expect((await stat(inFolder('key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(publicKey, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    const again = await run('evidence-key', '-o', inFolder('key'));
    expect(again).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readSigningKey(await readFile(inFolder('key'), 'utf8')).id).toBe(key.id);
  });
});

describe('verify-journal', () => {
  test('names the folders of consumers where it is given the one above them', async () => {
    await journal();
    const { exitCode, stderr } = await run('verify-journal', folder, '--public-key', publicKey);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("holds no journal itself: give a consumer's folder in it: journal.");
  });

  test('says that a journal is as it was signed, and its head', async () => {
    const { path, head } = await journal();
    const { exitCode, stdout } = await run('verify-journal', path, '--public-key', publicKey, '--head', head);
    expect([exitCode, stdout]).toEqual([0, `Genuine: 5 records, 1 checkpoint\nHead ${head}\n`]);
  });

  test.each([
    ['changed', 'record 2 (line 2) was changed', (lines: string[]) => lines.map((line) => line.replace('r-2', 'r-9'))],
    ['missing', 'record 2 is missing', (lines: string[]) => lines.filter((_, at) => at !== 1)],
    [
      'reordered',
      'stands before record 2',
      ([one = '', two = '', three = '', ...rest]: string[]) => [one, three, two, ...rest],
    ],
  ])('names a %s record', async (_name, said, change) => {
    const { path } = await journal();
    await inJournal(change);
    const { exitCode, stdout } = await run('verify-journal', path, '--public-key', publicKey);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(said);
  });

  test('finds that the end was cut off, by a head that was kept elsewhere', async () => {
    const { path, head } = await journal();
    await inJournal((lines) => lines.slice(0, -1));
    expect(await run('verify-journal', path, '--public-key', publicKey)).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await run('verify-journal', path, '--public-key', publicKey, '--head', head);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('ends before record 5')]);
  });

  test('tells a wrong file from a bad journal', async () => {
    const { path } = await journal();
    expect(await run('verify-journal', path, '--public-key', inFolder('key'))).toMatchObject({ exitCode: 2 });
    const missing = await run('verify-journal', inFolder('none'), '--public-key', publicKey);
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringMatching(/cannot be read \(ENOENT\)\.$/m)]);
    expect(missing.stderr).not.toContain('Nothing was sent');
  });
});

describe('verify-journal of what lies in a store', () => {
  let store: S3Server;
  beforeEach(async () => {
    store = await S3Server.start({ pageSize: 2 });
  });
  afterEach(() => store.stop());

  const place = 's3://evidence/session-queue/north';
  const verify = async (change: CliEnvironment = {}, path = place): Promise<Run> =>
    await runCommand(['verify-journal', path, '--public-key', publicKey], {
      environment: {
        EVIDENCE_S3_ENDPOINT: store.endpoint,
        EVIDENCE_S3_ACCESS_KEY_ID: store.credentials.accessKeyId,
        EVIDENCE_S3_SECRET_ACCESS_KEY: store.credentials.secretAccessKey,
        ...change,
      },
    });

  /** Each record of a journal as an object. */
  async function stored(records: number): Promise<string> {
    const { path, head } = await journal(records);
    const lines = (await readFile(join(path, 'journal-0000000000000001.jsonl'), 'utf8')).trimEnd().split('\n');
    for (const [i, line] of lines.entries()) put(i + 1, `${line}\n`);
    return head;
  }

  const keyOf = (first: number) => `session-queue/north/journal-${String(first).padStart(16, '0')}.jsonl`;
  const put = (first: number, text: string) => store.objects.set(keyOf(first), Buffer.from(text));

  test('says that it is genuine, and writes nothing there', async () => {
    const head = await stored(25);
    const { exitCode, stdout } = await verify();
    expect([exitCode, stdout]).toEqual([0, `Genuine: 25 records, 1 checkpoint\nHead ${head}\n`]);
    expect(store.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('names an object that was changed, one that is missing, and one in the place of another', async () => {
    await stored(25);
    const third = String(store.objects.get(keyOf(3)));
    put(3, third.replace('r-3', 'r-9'));
    expect(await verify()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('record 3 (line 3) was changed'),
    });
    store.objects.delete(keyOf(3));
    expect(await verify()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('record 3 is missing') });
    put(3, String(store.objects.get(keyOf(4))));
    put(4, third);
    expect(await verify()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('stands before record 3') });
  });

  test('tells a store that cannot be read from a bad journal, and prints no secret', async () => {
    await stored(3);
    const refused = await verify({ EVIDENCE_S3_SECRET_ACCESS_KEY: 'not-the-secret' });
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('SignatureDoesNotMatch') });
    expect(refused.stderr).not.toContain('not-the-secret');
    expect(await verify({}, 's3://elsewhere/north')).toMatchObject({ exitCode: 4 });
    expect(await verify({}, 's3://evidence/nobody')).toMatchObject({ exitCode: 1 });
    expect(await verify({}, 's3:evidence')).toMatchObject({ exitCode: 2 });
    expect(await verify({ EVIDENCE_S3_ENDPOINT: 'nowhere' })).toMatchObject({ exitCode: 2 });
  });
});

describe('verify-certificate', () => {
  const check = async (certificate: object, ...args: string[]): Promise<Run> => {
    await writeFile(inFolder('certificate.json'), JSON.stringify(certificate));
    return await run('verify-certificate', inFolder('certificate.json'), '--public-key', publicKey, ...args);
  };

  test('proves that a session is gone to who knows its id, and says of another that it is not among them', async () => {
    const certificate = certificateOf(['one', 'two']);
    expect(await check(certificate)).toMatchObject({ exitCode: 0 });
    expect(await check(certificate, '--session', 'two')).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await check(certificate, '--session', 'one', '--session', 'private-other');
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('1 of 2 sessions, by their place: 2')]);
    expect(stdout).not.toContain('private-other');
  });

  test('finds that a fact was changed', async () => {
    const certificate = certificateOf(['one']);
    const changed = { ...certificate, request: { ...certificate.request, reason: 'another' } };
    const { exitCode, stdout } = await check(changed, '--session', 'one');
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('not what was signed')]);
  });

  test('looks for sessions of a large one in its file of leaves, and finds that it is another one', async () => {
    const certificate = certificateOf(['one', 'two'], { isCarrying: false });
    expect(await check(certificate, '--session', 'one')).toMatchObject({ exitCode: 1 });
    const leaves = Buffer.from(certificateOf(['one', 'two']).leaves?.list ?? '', 'base64');
    const lines = [leaves.subarray(0, 32), leaves.subarray(32)].map(leafLine);
    await writeFile(inFolder('leaves'), [saltLine('r', Buffer.alloc(32, 7)), ...lines, ''].join('\n'));
    await writeFile(inFolder('ids'), 'one\ntwo\n');
    const files = ['--leaves', inFolder('leaves'), '--sessions-file', inFolder('ids')];
    expect(await check(certificate, ...files)).toMatchObject({ exitCode: 0 });
    // One is missing; and both are there in another order, of another root.
    for (const others of [lines.slice(1), lines.toReversed()]) {
      await writeFile(inFolder('leaves'), [saltLine('r', Buffer.alloc(32, 7)), ...others, ''].join('\n'));
      const { exitCode, stdout } = await check(certificate, ...files);
      expect([exitCode, stdout]).toEqual([1, expect.stringContaining('not those that the certificate was signed for')]);
    }
  });
});

describe('certificate', () => {
  const lab = cliLab();

  test('writes the certificate of a request, as JSON or as a page, and its leaves', async () => {
    const { stdout } = await lab.run(['delete', 'one', '--yes', '--json']);
    const { id } = JSON.parse(stdout) as { id: string };
    expect(await lab.run(['certificate', id])).toMatchObject({ exitCode: 3, stdout: '' });
    lab.queue.certificates.set(id, certificateSchema.parse(certificateExample));
    expect(JSON.parse((await lab.run(['certificate', id])).stdout)).toEqual(certificateExample);
    expect(await lab.run(['certificate', id, '--html', '-o', inFolder('page')])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(await readFile(inFolder('page'), 'utf8')).toContain('Certificate of deletion');
    expect((await lab.run(['certificate', id, '--leaves'])).stdout.split('\n')).toHaveLength(4);
  });
});
