import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { type Job, type JobState, type Queue, Worker } from 'bullmq';
import { pino } from 'pino';
import { ids, Lab, submissions } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null } });
});
afterEach(() => lab.stop());

const jobIn = (queue: Queue, id: string, state: JobState): Promise<Job> =>
  eventually(
    async () => {
      const job = await queue.getJob(id);
      const now = await job?.getState();
      if (job === undefined || now !== state) throw new Error(`the job is ${now}: ${job?.failedReason}`);
      // Read anew: it may have got there since it was read.
      return await queue.getJob(id);
    },
    { timeoutMs: 10_000 },
  );

/** Everything that Bull Board could show of a job. */
const visible = (job: Job) => JSON.stringify(job.toJSON());

describe('a plain BullMQ job', () => {
  test('is a request: its items are deleted and scrubbed from the job (invariant 9)', async () => {
    await lab.replica([lab.fastConsumer()]);
    const all = ids(75);
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', { sessionIds: [...all, all[0]], reason: 'law', requestedBy: 'lms' }, { jobId: 'mine-1' });
    await eventually(async () => (await lab.client.getRequest('mine-1')) !== undefined);
    const ended = await lab.end('mine-1');
    expect(ended).toMatchObject({
      state: 'completed',
      reason: 'law',
      requestedBy: 'lms',
      counts: { total: 75, duplicates: 1, succeeded: 75 },
    });
    const job = await jobIn(queue, 'mine-1', 'completed');
    expect(job.data).toEqual({ request: 'mine-1', consumer: 'default', total: 75, reason: 'law', requestedBy: 'lms' });
    expect(visible(job)).not.toContain(all[0]);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 75, repeated: 0 });
  });

  test('that BullMQ numbered gets a request id from us', async () => {
    await lab.replica([lab.consumer()]);
    const queue = lab.queue('resubmission.requests');
    const added = await queue.add('resubmit', { submissions: submissions(3) });
    const job = await jobIn(queue, added.id ?? '', 'completed');
    const { request } = job.data as { request: string };
    expect(request).toMatch(/^[0-9a-f-]{36}$/);
    expect((await lab.end(request)).counts.succeeded).toBe(3);
  });

  test.each([
    ['an empty list', { sessionIds: [] }, 'sessionIds: must hold at least one item'],
    ['no list', { sessionIds: 'secret-session' }, 'sessionIds: must be a list of strings'],
    ['an item that is no string', { sessionIds: ['secret-session', 7] }, 'sessionIds[1]: must be a string'],
    ['an empty item', { sessionIds: ['secret-session', ''] }, 'sessionIds[1]: must not be empty'],
    ['a control character', { sessionIds: ['secret-session\u0007'] }, 'sessionIds[0]: must hold no control characters'],
    [
      'too long an item',
      { sessionIds: ['secret-session'.repeat(40)] },
      'sessionIds[0]: must be at most 255 characters',
    ],
    ['an unknown field', { sessionIds: ['secret-session'], sessions: 1 }, 'data: has unknown fields: sessions'],
    [
      'an item where a field should be',
      { sessionIds: ['a'], sessions: 1, 'secret-session': 1 },
      'data: has unknown fields: sessions, 1 more',
    ],
    [
      'too many items',
      { sessionIds: Array(5_001).fill('secret-session') },
      'sessionIds: must hold at most 5,000 items; larger requests go over HTTP or the library',
    ],
    [
      'a bad consumer',
      { consumer: 'a b', sessionIds: ['secret-session'] },
      'consumer: must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit',
    ],
  ])('with %s is refused with the reason, scrubbed, and nothing is sent', async (_name, data, reason) => {
    await lab.replica([lab.fastConsumer()]);
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', data, { jobId: 'bad-1', attempts: 5, removeOnFail: false });
    const job = await jobIn(queue, 'bad-1', 'failed');
    expect(job.failedReason).toBe(reason);
    expect(visible(job)).not.toContain('secret-session');
    expect(await lab.view('bad-1')).toMatchObject({ state: 'failed', error: reason, counts: { total: 0 } });
    expect(lab.fake.books().consumers.key?.deletion?.received).toBe(0);
  });

  test.each([
    ['of ours', { request: 'forged', consumer: 'default', total: 1, sessionIds: ['secret-session'] }],
    ['of ours for another request', { request: 'standing', consumer: 'default', total: 1 }],
    ['of a refused one', { consumer: 'default', refused: 'secret-session' }],
  ])('whose data looks like that %s is refused and scrubbed like any other', async (_name, data) => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.deleteSessions({ id: 'standing', sessionIds: ids(1) });
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', data, { jobId: 'forged-1' });
    const job = await jobIn(queue, 'forged-1', 'failed');
    expect(job.failedReason).toMatch(
      /^(request: Invalid UUID|sessionIds: must be a list of strings|data: has unknown fields)/,
    );
    expect(visible(job)).not.toContain('secret-session');
    expect((await lab.view('forged-1')).error).toBe(job.failedReason);
    expect((await lab.end('standing')).counts.succeeded).toBe(1);
  });

  test.each([['next to nothing'], ['behind another, which then ends']])(
    'whose data is no JSON is refused and scrubbed like any other: %s',
    async (where) => {
      const lines: string[] = [];
      const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
      await lab.replica([lab.fastConsumer()], { logger });
      const queue = lab.queue('deletion.requests');
      if (where !== 'next to nothing') {
        const bad = Array.from({ length: 40 }, (_, n) => ({
          name: 'delete',
          data: { n },
          opts: { jobId: `bad-${n}` },
        }));
        await queue.addBulk(bad);
      }
      await lab.redis
        .multi()
        .hset(queue.toKey('odd-1'), { name: 'delete', data: 'secret-session', opts: '{}', timestamp: Date.now() })
        .lpush(queue.toKey('wait'), 'odd-1')
        .zadd(queue.toKey('marker'), 0, '0')
        .exec();
      await eventually(async () => (await queue.getJobState('odd-1')) === 'failed', { timeoutMs: 10_000 });
      expect(JSON.stringify(await lab.redis.hgetall(queue.toKey('odd-1')))).not.toContain('secret-session');
      expect(lines.join('')).not.toContain('secret-session');
      expect(await lab.view('odd-1')).toMatchObject({ state: 'failed', error: expect.stringMatching(/^data: /) });
    },
  );

  test('that was refused leaves its id to what is right', async () => {
    await lab.replica([lab.fastConsumer()]);
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', { sessionIds: [] }, { jobId: 'twice', removeOnFail: true });
    await eventually(async () => (await lab.client.getRequest('twice'))?.error !== undefined);
    await eventually(async () => (await queue.getJob('twice')) === undefined);
    await queue.add('delete', { sessionIds: ids(2) }, { jobId: 'twice' });
    await eventually(async () => (await lab.client.getRequest('twice'))?.state === 'completed', { timeoutMs: 10_000 });
    expect((await lab.view('twice')).error).toBeUndefined();
  });

  test('waits, visibly, for a worker that knows its consumer', async () => {
    await lab.replica([lab.fastConsumer()]);
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', { consumer: 'other', sessionIds: ids(1) }, { jobId: 'waits' });
    const job = await jobIn(queue, 'waits', 'delayed');
    expect(job.progress).toEqual({ waitsFor: "a worker that knows the consumer 'other'" });
    expect(await lab.client.getRequest('waits')).toBeUndefined();
  });

  test('with the id of another request and other content fails with that reason, in either queue', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.deleteSessions({ id: 'taken', sessionIds: ids(3) });
    const queue = lab.queue('resubmission.requests');
    await queue.add('resubmit', { submissions: submissions(1) }, { jobId: 'taken' });
    const job = await jobIn(queue, 'taken', 'failed');
    expect(job.failedReason).toBe('its id belongs to a request with other content');
    expect((await lab.end('taken')).counts.succeeded).toBe(3);
  });

  test('added again with the same id and content after BullMQ forgot it is not sent again (invariant 11)', async () => {
    await lab.replica([lab.fastConsumer()]);
    const queue = lab.queue('deletion.requests');
    const add = () => queue.add('delete', { sessionIds: ids(5) }, { jobId: 'again', removeOnComplete: true });
    await add();
    await eventually(async () => (await lab.client.getRequest('again'))?.state === 'completed', { timeoutMs: 10_000 });
    await eventually(async () => (await queue.getJob('again')) === undefined);
    await add();
    await eventually(async () => (await queue.getJob('again')) === undefined);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 5, repeated: 0 });
  });

  test('that a worker took up and died with is taken in within a lease, though its lane has nothing else', async () => {
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', { sessionIds: ids(3) }, { jobId: 'orphan' });
    const connection = lab.redis.duplicate();
    const dead = new Worker(queue.name, null, { connection, prefix: '{session-queue}', lockDuration: 8_000 });
    await dead.getNextJob('the lock of the dead');
    await dead.close(true);
    connection.disconnect();
    expect(await queue.getJobState('orphan')).toBe('active');
    await lab.replica([lab.fastConsumer()]);
    // BullMQ's own look, every 30 s, would take two of them.
    expect((await lab.end('orphan', 19_000)).counts).toMatchObject({ total: 3, succeeded: 3 });
    const job = await jobIn(queue, 'orphan', 'completed');
    expect(visible(job)).not.toContain(ids(1)[0]);
  }, 30_000);

  test('honours delay and priority', async () => {
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', { sessionIds: ids(1) }, { jobId: 'later', delay: 2_000 });
    await queue.add('delete', { sessionIds: ids(1, 10) }, { jobId: 'now', priority: 3 });
    const addedAt = Date.now();
    await lab.replica([lab.fastConsumer()]);
    await eventually(async () => (await lab.client.getRequest('now'))?.state === 'completed', { timeoutMs: 10_000 });
    await eventually(async () => (await lab.client.getRequest('later'))?.state === 'completed', { timeoutMs: 10_000 });
    expect(lab.fake.session(ids(1)[0] ?? '').deletedAt).toBeGreaterThan(addedAt + 1_900);
  });
});
