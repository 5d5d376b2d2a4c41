import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  builtInSigner,
  type Consumer,
  createLearnosityClient,
  createTransport,
  fingerprint,
  type Transport,
} from '@session-queue/core';
import { consumerKeys, KindSwitch, Lane, type LookTimes, readItemTexts } from '@session-queue/core/engine';
import { eventually } from '@session-queue/testing';
import type { ReplicaOptions } from '../src/replica.ts';
import { ids, Lab, submissions } from './lab.ts';

const deadlineMs = 1_000;
/** As in life, but for how long everything takes. */
const lookTimes: LookTimes = { sendMs: 700, skewMs: 300, strayMs: 60_000, againMs: [300, 600] };
const base = 'session-queue:{default}:';
const lostAnswer = { fault: 'cut', effect: true, times: 1, match: { endpoint: 'resubmission' } } as const;

let lab: Lab;
let transport: Transport;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null, resubmission: null } });
  transport = createTransport();
});
afterEach(async () => {
  transport.stop();
  await lab.stop();
});

const exclusive = () => lab.fastConsumer({ exclusiveKey: true });
const client = () => createLearnosityClient({ account: lab.consumer(), transport, signer: builtInSigner });
const calls = () => lab.fake.books().consumers.key?.resubmission?.received;

/** A replica that has worked for long: it has seen jobs of both kinds, and noted every call. */
async function replicaThatKnows(change: Partial<ReplicaOptions> = {}, others: Consumer[] = []): Promise<void> {
  await lab.replica([exclusive(), ...others], { lookTimes, deadlineMs, ...change });
  const asked = [
    await lab.client.deleteSessions({ sessionIds: ids(1) }),
    await lab.client.resubmit({ submissions: submissions(1) }),
  ];
  for (const { id } of asked) await lab.end(id);
  await lab.redis.hset(`${base}quota`, 'notedSince', Date.now() - 3_600_000);
}

const isLost = () => eventually(async () => (await lab.redis.zcard(`${base}lost`)) === 1, { timeoutMs: 10_000 });

describe('a resubmission whose answer was lost, of a key that nobody else uses', () => {
  test.each([false, true])('is found by its job and sent once (ignoring revisions: %s)', async (ignoring) => {
    await replicaThatKnows();
    lab.fake.script(lostAnswer);
    const { id } = await lab.client.resubmit({
      submissions: submissions(3, 10),
      ignoreResponseRevisions: ignoring,
    });
    await isLost();
    expect((await lab.view(id)).counts).toMatchObject({ claimed: 3, parked: 0 });
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 3, resent: 0 } });
    expect(calls()).toBe(2);
    expect(lab.fake.books().submissions).toMatchObject({ stored: 4, repeated: 0 });
    const shown = await eventually(async () => {
      const jobs = await lab.queue('resubmission.batches').getCompleted();
      const job = jobs.find(({ data }) => data.requests.includes(id));
      expect(job).toBeDefined();
      return job?.returnvalue;
    });
    expect(shown).toMatchObject({ succeeded: 3, reattached: true, jobReference: expect.any(String) });
  });

  test('is found through every page of the jobs that were made then', async () => {
    await replicaThatKnows();
    lab.fake.script(lostAnswer);
    await Promise.all(ids(70, 1_000).map((session) => client().deleteSessions([session])));
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, resent: 0 });
    expect(calls()).toBe(2);
  });

  test('is found when its worker died, by whoever finds its lease run out', async () => {
    await replicaThatKnows();
    // A worker that has called, and dies before it hears the answer; the replica is kept from being quicker.
    const kindSwitch = new KindSwitch(lab.redis, 'session-queue');
    await kindSwitch.stop('resubmission', { reason: 'a test' });
    const { id } = await lab.client.resubmit({ submissions: submissions(2, 10), ignoreResponseRevisions: true });
    const { quotas } = exclusive();
    const own = { quota: quotas.resubmission, fingerprint: fingerprint(exclusive()), exclusive: true };
    const keys = consumerKeys(lab.redis, 'session-queue', 'default');
    const dead = new Lane(keys, 'resubmission', { ...own, deadlineMs, retentionMs: 60_000 });
    const grant = await eventually(async () => {
      const answer = await dead.claim(randomUUID());
      if (answer.is !== 'batch') throw new Error(JSON.stringify(answer));
      return answer;
    });
    expect((await dead.beginSend(grant.claim)).is).toBe('go');
    const items = (await readItemTexts(keys, grant.batch, grant.packed)).map(String);
    await client().submitFailedSubmissions(items, { ignoreResponseRevisions: true });
    await kindSwitch.start('resubmission');
    expect((await lab.end(id, 30_000)).counts).toMatchObject({ succeeded: 2, parked: 0, resent: 0 });
    expect(calls()).toBe(2);
    expect(lab.fake.books().submissions.repeated).toBe(0);
  }, 60_000);

  test('is sent again once when its job is not there', async () => {
    await replicaThatKnows();
    lab.fake.script({ ...lostAnswer, effect: false });
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, resent: 3 });
    expect(calls()).toBe(3);
    expect(lab.fake.books().submissions).toMatchObject({ stored: 4, repeated: 0 });
    // Should its job show up yet, it is nobody's.
    const attempts = await lab.redis.zrange(`${base}attempts`, '0', '-1');
    expect(attempts.filter((name) => name !== 'anchor')).toHaveLength(1);
  });

  test('and that ignores revisions waits for a person, who is told, when its job is not there', async () => {
    await replicaThatKnows();
    lab.fake.script({ ...lostAnswer, effect: false });
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10), ignoreResponseRevisions: true });
    await eventually(async () => (await lab.view(id)).counts.parked === 3, { timeoutMs: 15_000 });
    const { items } = await lab.client.listItems(id, 'parked');
    expect(items[0]?.message).toMatch(/^no answer from Learnosity .*; its job was looked for, and none could be it$/);
    expect(calls()).toBe(2);
  });

  test('is found at a later look when its job shows late, if it ignores revisions', async () => {
    await replicaThatKnows({ lookTimes: { ...lookTimes, againMs: [1_000, 2_000] } });
    lab.fake.script(lostAnswer);
    lab.fake.script({ fault: 'lateReference', min: 2_500, max: 2_500, times: 1 });
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10), ignoreResponseRevisions: true });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, parked: 0 });
    expect(calls()).toBe(2);
  });
});

describe('a job that is not unmistakable is left alone', () => {
  test('when somebody else has made one as well', async () => {
    await replicaThatKnows();
    lab.fake.script(lostAnswer);
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10) });
    await isLost();
    await client().submitFailedSubmissions(submissions(1, 500), { ignoreResponseRevisions: false });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, resent: 3 });
  });

  test("when another consumer's calls have made it: the key is not exclusive", async () => {
    await replicaThatKnows({}, [lab.consumer({ name: 'other', key: 'other', exclusiveKey: true })]);
    lab.fake.script(lostAnswer);
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10), ignoreResponseRevisions: true });
    await isLost();
    const known = await lab.redis.zrange(`${base}references`, '0', '-1');
    const made = lab.fake
      .fullBooks()
      .perJob.find(({ reference, kind }) => kind === 'resubmission' && !known.includes(reference));
    await lab.redis.zadd('session-queue:{other}:references', Date.now(), made?.reference ?? '');
    await eventually(async () => (await lab.view(id)).counts.parked === 3, { timeoutMs: 15_000 });
    expect((await lab.client.listItems(id, 'parked')).items[0]?.message).toMatch(/shows jobs of another consumer$/);
  });

  test("when Learnosity's clock does not agree with Redis's", async () => {
    const wrong: Transport = {
      send: async (exchange) => ({
        ...(await transport.send(exchange)),
        date: new Date(Date.now() - 8_000).toUTCString(),
      }),
      stop: () => undefined,
    };
    await replicaThatKnows({ transport: wrong });
    lab.fake.script(lostAnswer);
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, resent: 3 });
  });

  test('when nobody has said that the key is exclusive: it is sent again at once', async () => {
    await lab.replica([lab.fastConsumer()], { lookTimes, deadlineMs });
    lab.fake.script(lostAnswer);
    const { id } = await lab.client.resubmit({ submissions: submissions(3, 10) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, resent: 3 });
    expect(await lab.redis.exists(`${base}lost`, `${base}attempts`, `${base}references`)).toBe(0);
  });
});
