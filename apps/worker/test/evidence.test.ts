import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createKeyPair,
  journalLines,
  readPublicKeys,
  readSigningKey,
  verifyCertificate,
  verifyJournal,
} from '@session-queue/core/evidence';
import { eventually, leakGuard } from '@session-queue/testing';
import { FolderArchives } from '../src/archivist/folder-archives.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

const pair = createKeyPair();
const keys = readPublicKeys([pair.publicPem]);
const key = readSigningKey(pair.privatePem);
const base = 'session-queue:{default}:';

let lab: Lab;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-journal-'));
  lab = await Lab.start();
});

afterEach(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

const evidence = () => ({
  isOn: true,
  key,
  archives: new FolderArchives(folder, 300),
  leaseMs: 1_000,
  checkpointMs: 200,
});

const certificateOf = (id: string) => eventually(() => lab.client.certificate(id), { timeoutMs: 20_000 });

const recordsIn = async (consumer = 'default') => {
  const lines: string[] = [];
  for await (const line of journalLines(join(folder, consumer))) lines.push(line);
  return lines;
};

/** Once all that happened is signed, archived, and no longer in Redis. */
const archived = () =>
  eventually(
    async () => {
      const [sequence, signed, written] = await lab.redis.hmget(`${base}evidence`, 'sequence', 'signed', 'archived');
      const left = (await lab.redis.xlen(`${base}evidence:outbox`)) + (await lab.redis.xlen(`${base}journal`));
      if (left > 0 || sequence !== signed || sequence !== written || sequence === null) throw new Error('not yet');
      return Number(sequence);
    },
    { timeoutMs: 20_000 },
  );

describe('evidence', () => {
  test('certifies a deletion, so that whoever knows a session id proves it offline', async () => {
    await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(120), reason: 'GDPR 117', requestedBy: 'ada' });
    await lab.end(id);
    const certificate = await certificateOf(id);
    expect(certificate).toMatchObject({
      request: { id, reason: 'GDPR 117', requestedBy: 'ada' },
      gone: { count: 120 },
    });
    const text: unknown = JSON.parse(JSON.stringify(certificate));
    expect(verifyCertificate(text, keys, { sessionId: ids(1, 77).join() }).is).toBe('proven-gone');
    expect(verifyCertificate(text, keys, { sessionId: ids(1, 500).join() }).is).toBe('not-among');
    await archived();
    const { accepted, ended } = certificate.journal;
    const verdict = await verifyJournal(await recordsIn(), keys, { known: [accepted, ended] });
    expect(verdict).toMatchObject({ is: 'signed' });
  });

  test('writes what happened in its order, and no session id', async () => {
    await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(60) });
    await lab.end(id);
    await archived();
    const lines = await recordsIn();
    const events = lines.map((line) => (JSON.parse(line) as { record: { event: string } }).record.event);
    const told = events.filter((event) => event !== 'checkpoint');
    expect(told.slice(0, 2)).toEqual(['request-accepted', 'request-sealed']);
    expect(told.at(-1)).toBe('request-ended');
    expect(told.filter((event) => event === 'batch-sent')).toHaveLength(2);
    expect(told.filter((event) => event === 'batch-completed')).toHaveLength(2);
    for (const session of ids(60)) expect(lines.join('\n')).not.toContain(session);
  });

  test('refuses a certificate while the request is open, with the reason', async () => {
    await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const notBefore = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(1), notBefore });
    const refused = { code: 'conflict', message: expect.stringContaining('this request is accepted') };
    await expect(lab.client.certificate(id)).rejects.toMatchObject(refused);
  });

  test('says of a request that was accepted before evidence was on that it has none', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(1) });
    await lab.end(id);
    const refused = { code: 'conflict', message: expect.stringContaining('EVIDENCE') };
    await expect(lab.client.certificate(id)).rejects.toMatchObject(refused);
  });

  test('goes on in another replica, with one journal without gaps', async () => {
    const first = await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const one = await lab.client.deleteSessions({ sessionIds: ids(200) });
    await lab.end(one.id);
    await certificateOf(one.id);
    await first.stop();
    const two = await lab.client.deleteSessions({ sessionIds: ids(200, 1_000) });
    await lab.end(two.id);
    const certificate = await certificateOf(two.id);
    const count = await archived();
    const lines = await recordsIn();
    expect(lines).toHaveLength(count);
    expect(await verifyJournal(lines, keys, { known: [certificate.journal.ended] })).toMatchObject({ is: 'signed' });
  });

  test('goes on behind the archive when Redis has lost what it wrote last', async () => {
    const first = await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const one = await lab.client.deleteSessions({ sessionIds: ids(3) });
    await lab.end(one.id);
    await archived();
    await first.stop();
    const early = JSON.parse((await recordsIn())[1] ?? '') as { hash: string };
    await lab.redis.hset(`${base}evidence`, { sequence: 2, hash: early.hash, signed: 0, archived: 0 });
    await lab.replica([lab.fastConsumer()], { evidence: evidence() });
    const two = await lab.client.deleteSessions({ sessionIds: ids(3, 10) });
    await lab.end(two.id);
    await certificateOf(two.id);
    await archived();
    expect(await verifyJournal(await recordsIn(), keys)).toMatchObject({ is: 'signed' });
  });
});
