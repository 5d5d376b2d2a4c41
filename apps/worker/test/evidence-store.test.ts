import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeyPair, readPublicKeys, readSigningKey, verifyJournal } from '@session-queue/core/evidence';
import type { S3Archives } from '@session-queue/s3-archive';
import { eventually, leakGuard, S3Server } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';
import { connectStore, partsIn, recordsIn, storeEnvironment } from './s3-place.ts';
import { WorkerProcess } from './worker-process.ts';

leakGuard();

const pair = createKeyPair();
const keys = readPublicKeys([pair.publicPem]);
const key = readSigningKey(pair.privatePem);
const base = 'session-queue:{default}:';

let lab: Lab;
let store: S3Server;
let clients: S3Archives[];
let workers: WorkerProcess[];
let folder: string;

beforeEach(async () => {
  [clients, workers] = [[], []];
  folder = await mkdtemp(join(tmpdir(), 'session-queue-key-'));
  await writeFile(join(folder, 'key'), pair.privatePem);
  store = await S3Server.start();
  lab = await Lab.start({ quotas: { deletion: null } });
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
  await lab.stop();
  for (const client of clients) client.stop();
  await store.stop();
  await rm(folder, { recursive: true });
});

async function evidence() {
  const archives = await connectStore(store);
  clients.push(archives);
  return { isOn: true, key, archives, leaseMs: 1_000, checkpointMs: 500 };
}

async function startWorker(change: Record<string, string> = {}): Promise<WorkerProcess> {
  const environment = {
    EVIDENCE: 'true',
    EVIDENCE_KEY_FILE: join(folder, 'key'),
    ...storeEnvironment(store),
    ...change,
  };
  const worker = await WorkerProcess.start(lab.server.url, [lab.fastConsumer()], environment);
  workers.push(worker);
  return worker;
}

const records = () => recordsIn(store, 'default');
const lastEvents = () =>
  partsIn(store, 'default').map((part) => {
    const last = part.trimEnd().split('\n').at(-1) ?? '';
    return (JSON.parse(last) as { record: { event: string } }).record.event;
  });

/** Once all that happened is signed, in the store, and no longer in Redis. */
const archived = (timeoutMs = 20_000) =>
  eventually(
    async () => {
      const [sequence, signed, written] = await lab.redis.hmget(`${base}evidence`, 'sequence', 'signed', 'archived');
      const left = (await lab.redis.xlen(`${base}evidence:outbox`)) + (await lab.redis.xlen(`${base}journal`));
      if (left > 0 || sequence !== signed || sequence !== written || sequence === null) throw new Error('not yet');
      return Number(sequence);
    },
    { timeoutMs },
  );

describe('evidence in a store', () => {
  test('lies in parts of a checkpoint each, and costs few requests', async () => {
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(600) });
    await lab.end(id);
    const count = await archived();
    expect(count).toBeGreaterThan(25);
    expect(lastEvents().every((event) => event === 'checkpoint')).toBe(true);
    expect(records()).toHaveLength(count);
    // Twelve calls and more than two records each: a part for each record would be that many requests.
    expect(store.calls.length).toBeLessThan(20);
    expect(await verifyJournal(records(), keys)).toMatchObject({ is: 'signed' });
    store.calls.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(store.calls).toEqual([]);
  });

  test('goes on in another replica, with one journal without gaps', async () => {
    const first = await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const one = await lab.client.deleteSessions({ sessionIds: ids(200) });
    await lab.end(one.id);
    await first.stop();
    const two = await lab.client.deleteSessions({ sessionIds: ids(200, 1_000) });
    await lab.end(two.id);
    const count = await archived();
    expect(records()).toHaveLength(count);
    expect(await verifyJournal(records(), keys)).toMatchObject({ is: 'signed' });
  });

  test('goes on behind the store when Redis has lost what it wrote last', async () => {
    const first = await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const one = await lab.client.deleteSessions({ sessionIds: ids(3) });
    await lab.end(one.id);
    await archived();
    await first.stop();
    const early = JSON.parse(records()[1] ?? '') as { hash: string };
    await lab.redis.hset(`${base}evidence`, { sequence: 2, hash: early.hash, signed: 0, archived: 0 });
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const two = await lab.client.deleteSessions({ sessionIds: ids(3, 10) });
    await lab.end(two.id);
    await eventually(() => lab.client.certificate(two.id), { timeoutMs: 20_000 });
    await archived();
    expect(await verifyJournal(records(), keys)).toMatchObject({ is: 'signed' });
  });

  test('keeps in Redis what the store refuses, and is whole once it takes it', async () => {
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const one = await lab.client.deleteSessions({ sessionIds: ids(3) });
    await lab.end(one.id);
    const before = await archived();
    for (let i = 0; i < 60; i += 1) store.faults.push({ method: 'PUT', is: i % 2 === 0 ? 'denied' : 'slow-down' });
    const two = await lab.client.deleteSessions({ sessionIds: ids(3, 10) });
    await lab.end(two.id);
    await eventually(() => Promise.resolve(store.faults.length < 60), { timeoutMs: 10_000 });
    const kept = async () =>
      (await lab.redis.xlen(`${base}evidence:outbox`)) + (await lab.redis.xlen(`${base}journal`));
    expect(await kept()).toBeGreaterThan(0);
    expect(records()).toHaveLength(before);
    store.faults.length = 0;
    expect(await archived()).toBeGreaterThan(before);
    expect(await verifyJournal(records(), keys)).toMatchObject({ is: 'signed' });
  });
});

describe('a worker with a store', () => {
  test('killed at its work leaves the store to another, which has each record once', async () => {
    const first = await startWorker();
    await first.says('the worker runs');
    const one = await lab.client.deleteSessions({ sessionIds: ids(400) });
    await lab.end(one.id);
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    await first.kill('SIGKILL');
    const two = await lab.client.deleteSessions({ sessionIds: ids(400, 1_000) });
    await lab.end(two.id);
    // The dead one's lease must end.
    const count = await archived(60_000);
    expect(records()).toHaveLength(count);
    expect(await verifyJournal(records(), keys)).toMatchObject({ is: 'signed' });
  }, 100_000);

  test('whose credentials are wrong says so at its start and where it matters, deletes all the same, and loses nothing', async () => {
    const worker = await startWorker({ EVIDENCE_S3_SECRET_ACCESS_KEY: 'not-the-secret' });
    const line = await worker.says('cannot be written out now');
    expect(line).toContain('SignatureDoesNotMatch');
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3) });
    expect(await lab.end(id)).toMatchObject({ state: 'completed' });
    await worker.says('keeping the journal failed');
    expect(await lab.redis.xlen(`${base}evidence:outbox`)).toBeGreaterThan(0);
    expect(store.keys()).toEqual([]);
    for (const secret of ['not-the-secret', store.credentials.accessKeyId])
      expect(worker.lines.join('\n')).not.toContain(secret);
    await worker.kill('SIGTERM');
    await lab.replica([lab.fastConsumer()], { evidence: await evidence() });
    const count = await archived(60_000);
    expect(records()).toHaveLength(count);
    expect(records().length).toBeGreaterThan(0);
  }, 100_000);

  test('that would overwrite does not run, as with any wrong setting', async () => {
    await store.stop();
    store = await S3Server.start({ conditionalWrites: 'ignores' });
    const worker = await startWorker();
    await worker.says('If-None-Match');
    await worker.exit;
    expect(worker.child.exitCode).toBe(78);
  });

  test('that would overwrite ends so too where that is found later than at its start', async () => {
    await store.stop();
    store = await S3Server.start({ conditionalWrites: 'ignores' });
    store.faults.push({ method: 'PUT', is: 'denied' });
    const worker = await startWorker();
    await worker.says('the worker runs');
    await lab.client.deleteSessions({ sessionIds: ids(3) });
    await worker.says('If-None-Match');
    await worker.exit;
    expect(worker.child.exitCode).toBe(78);
  });
});
