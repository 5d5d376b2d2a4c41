import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RequestView, VerificationSettings } from '@session-queue/core';
import {
  type Certificate,
  createKeyPair,
  readPublicKeys,
  readSigningKey,
  verifyCertificate,
} from '@session-queue/core/evidence';
import { eventually, leakGuard } from '@session-queue/testing';
import { FolderArchives } from '../src/archivist/folder-archives.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

const pair = createKeyPair();
const keys = readPublicKeys([pair.publicPem]);
const tombstones = { key: 'a key of tests that is long enough' };
const verification: VerificationSettings = { deletions: 'selections', afterMs: 50, forMs: 2_000, sampleAfterMs: [] };
const mine = ids(120);

let lab: Lab;
let folder: string;
let guards: object;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-erasure-'));
  lab = await Lab.start();
  lab.fake.giveSessions(mine.map((sessionId) => ({ sessionId, userId: 'learner', metadata: {} })));
  guards = {};
});
afterEach(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

/** A worker with all that a deletion can have. */
async function worker(): Promise<void> {
  const key = readSigningKey(pair.privatePem);
  const evidence = { isOn: true, key, archives: new FolderArchives(folder, 300), leaseMs: 1_000, checkpointMs: 200 };
  await lab.replica([lab.fastConsumer({ verification, ...guards })], { evidence, tombstones });
}

/** The deletion of what a selection has found. */
async function deleteAll(): Promise<RequestView> {
  const { id } = await lab.client.select({ filter: { userIds: ['learner'] } });
  const { count, digest = '' } = await eventually(
    async () => {
      const view = await lab.client.getSelection(id);
      return view.state === 'ready' ? view : undefined;
    },
    { timeoutMs: 10_000 },
  );
  return await lab.client.deleteSelection({
    selection: id,
    expectDigest: digest,
    expectCount: count,
    reason: 'a test',
  });
}

async function certificateOf(
  id: string,
  isIt: (certificate: Certificate) => boolean = () => true,
): Promise<Certificate> {
  return await eventually(
    async () => {
      const certificate = await lab.client.certificate(id);
      if (!isIt(certificate)) throw new Error(JSON.stringify({ ...certificate, leaves: undefined }));
      return certificate;
    },
    { timeoutMs: 20_000 },
  );
}

function proves(certificate: Certificate, sessionId: string): string {
  return verifyCertificate(JSON.parse(JSON.stringify(certificate)), keys, { sessionId }).is;
}

const [one = ''] = mine;
const callsFor = () => lab.fake.books().consumers.key?.deletion.received ?? 0;

test('an approved and verified deletion has both in its certificate', async () => {
  guards = { guards: { approvalOver: 0, holdWindowMs: 0 } };
  await worker();
  const { id } = await deleteAll();
  await eventually(async () => ((await lab.view(id)).state === 'waiting' ? true : undefined), { timeoutMs: 10_000 });
  await lab.client.approve(id, { by: 'the officer' });
  const certificate = await certificateOf(id, (found) => found.verification !== undefined);
  const { digest: selectionDigest } = await lab.client.getSelection(certificate.request.selection ?? '');
  expect(selectionDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(certificate).toMatchObject({
    request: { approvedBy: ['the officer'], approvedAt: expect.any(String), reason: 'a test', selectionDigest },
    counts: { total: 120, succeeded: 120 },
    verification: { checked: 120, present: 0 },
    gone: { count: 120 },
  });
  expect(proves(certificate, one)).toBe('proven-gone');
}, 40_000);

test('a deletion that was revoked says in its certificate by whom, when and why', async () => {
  guards = { guards: { approvalOver: 0, holdWindowMs: 0 } };
  await worker();
  const { id } = await deleteAll();
  await eventually(async () => ((await lab.view(id)).state === 'waiting' ? true : undefined), { timeoutMs: 10_000 });
  await lab.client.revoke(id, { reason: 'not yet', by: 'the officer' });
  const certificate = await certificateOf(id);
  expect(certificate).toMatchObject({
    request: { revoked: { reason: 'not yet', by: 'the officer', at: (await lab.view(id)).revoked?.at } },
    state: 'cancelled',
    counts: { total: 120, succeeded: 0, cancelled: 120 },
  });
  expect(proves(certificate, one)).toBe('not-among');
}, 40_000);

test('what came back is deleted once more although it has a tombstone, and stands once in the certificate', async () => {
  lab.fake.script({ fault: 'reappearance', min: 0, max: 0, items: [one], times: 1, match: { endpoint: 'deletion' } });
  await worker();
  const { id } = await deleteAll();
  const certificate = await certificateOf(id, (found) => found.verification?.checked === 120);
  expect(callsFor()).toBe(4);
  expect(certificate).toMatchObject({ counts: { succeeded: 120 }, verification: { present: 0 }, gone: { count: 120 } });
  expect(certificate.counts).not.toHaveProperty('alreadyDeleted');
  expect(proves(certificate, one)).toBe('proven-gone');
  expect(await lab.view(id)).toMatchObject({ state: 'completed', counts: { verified: 120, stillThere: 0 } });
}, 40_000);

test('what was deleted before costs no call, is not verified, and is proven by its own certificate too', async () => {
  await worker();
  await lab.end((await lab.client.deleteSessions({ sessionIds: mine.slice(0, 60) })).id);
  const before = callsFor();
  const { id } = await lab.client.deleteSessions({ sessionIds: mine.slice(10, 60) });
  expect(await lab.end(id)).toMatchObject({ counts: { succeeded: 50, alreadyDeleted: 50 } });
  expect(callsFor()).toBe(before);
  const certificate = await certificateOf(id);
  expect(certificate).toMatchObject({ counts: { succeeded: 50, alreadyDeleted: 50 }, gone: { count: 50 } });
  expect(proves(certificate, mine[20] ?? '')).toBe('proven-gone');
  expect(proves(certificate, one)).toBe('not-among');
}, 40_000);

test('a session under a legal hold fails, is in no certificate and has no tombstone', async () => {
  await worker();
  const { id: hold } = await lab.client.holds.addLegalHold({ sessionIds: [one], reason: 'case 12' });
  const { id } = await deleteAll();
  expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 119, failed: 1 } });
  const certificate = await certificateOf(id);
  expect(certificate).toMatchObject({ state: 'failed', counts: { succeeded: 119, failed: 1 }, gone: { count: 119 } });
  expect(certificate.failures).toEqual([{ code: 'legal_hold', sessions: 1 }]);
  expect(certificate.times.deadline).toBe((await lab.view(id)).deadline);
  expect(proves(certificate, one)).toBe('not-among');
  await lab.client.holds.removeLegalHold(hold, { reason: 'the case is closed' });
  await lab.client.retryFailed(id, { reason: 'the case is closed' });
  const after = await certificateOf(id, ({ counts }) => counts.failed === 0);
  expect(after).toMatchObject({ state: 'completed', counts: { succeeded: 120 }, gone: { count: 120 } });
  expect(after).not.toHaveProperty('failures');
  expect(after.counts).not.toHaveProperty('alreadyDeleted');
  expect(proves(after, one)).toBe('proven-gone');
}, 40_000);

test('what is deleted once more and fails is taken back: its certificate does not have it, until a retry has deleted it', async () => {
  lab.fake.script({ fault: 'reappearance', min: 0, max: 0, items: [one], times: 1, match: { endpoint: 'deletion' } });
  // Time for a hold between the end of the first deletion and the second.
  guards = { verification: { ...verification, forMs: 6_000 } };
  await worker();
  const { id } = await deleteAll();
  const gone = async () => ((await lab.view(id)).counts.succeeded === 120 ? true : undefined);
  await eventually(gone, { timeoutMs: 20_000 });
  const { id: hold } = await lab.client.holds.addLegalHold({ sessionIds: [one], reason: 'case 13' });
  const failed = async (request: RequestView) => request.counts.failed === 1;
  await eventually(async () => ((await failed(await lab.view(id))) ? true : undefined), { timeoutMs: 20_000 });
  const certificate = await certificateOf(id, ({ counts }) => counts.failed === 1);
  expect(certificate).toMatchObject({ state: 'failed', counts: { succeeded: 119, failed: 1 }, gone: { count: 119 } });
  expect(proves(certificate, one)).toBe('not-among');
  const before = callsFor();
  await lab.client.holds.removeLegalHold(hold, { reason: 'the case is closed' });
  await lab.client.retryFailed(id, { reason: 'the case is closed' });
  const after = await certificateOf(id, ({ counts }) => counts.failed === 0);
  expect(after).toMatchObject({ counts: { succeeded: 120 }, gone: { count: 120 } });
  expect(after.counts).not.toHaveProperty('alreadyDeleted');
  expect(proves(after, one)).toBe('proven-gone');
  expect(callsFor()).toBe(before + 1);
}, 60_000);

test('what is there after two deletions is sent when it is asked for anew', async () => {
  const slow = { fault: 'slowRemoval', min: 86_400_000, max: 86_400_000, match: { endpoint: 'deletion' } } as const;
  lab.fake.script({ ...slow, items: [one] });
  await worker();
  const { id } = await deleteAll();
  await eventually(async () => ((await lab.view(id)).counts.stillThere === 1 ? true : undefined), {
    timeoutMs: 20_000,
  });
  const before = callsFor();
  const again = await lab.client.deleteSessions({ sessionIds: mine.slice(0, 2) });
  expect(await lab.end(again.id)).toMatchObject({ counts: { succeeded: 2, alreadyDeleted: 1 } });
  expect(callsFor()).toBe(before + 1);
}, 40_000);
