import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import type { Job, Queue } from 'bullmq';
import { ids, Lab } from './lab.ts';

const callbackUrl = 'https://hooks.example.com/in?token=private';

let lab: Lab;
let queue: Queue;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null } });
  queue = lab.queue('request.callbacks');
});
afterEach(() => lab.stop());

const added = (n: number, timeoutMs = 10_000): Promise<Job[]> =>
  eventually(
    async () => {
      const jobs = await queue.getJobs();
      if (jobs.length < n) throw new Error(`${jobs.length} callbacks`);
      return jobs;
    },
    { timeoutMs },
  );
const nothingToFinish = () =>
  eventually(async () => (await lab.redis.zcard('session-queue:{default}:finish')) === 0, { timeoutMs: 30_000 });

describe('who asked to be told of the end of a request', () => {
  test('is told of each end of it', async () => {
    const [bad = ''] = ids(1);
    const fault = lab.fake.script({ fault: 'badItems', items: [bad] });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: [bad], callbackUrl });
    const first = (await lab.end(id)).finishedAt;
    expect((await added(1)).map(({ data }) => data)).toEqual([{ request: id, consumer: 'default', finishedAt: first }]);
    fault.remove();
    await nothingToFinish();
    await lab.client.retryFailed(id, { reason: 'mended' });
    const second = (await lab.end(id)).finishedAt;
    const ends = (await added(2)).map(({ data }) => (data as { finishedAt: string }).finishedAt);
    expect(ends.toSorted()).toEqual([first, second]);
    await nothingToFinish();
    expect(await queue.getJobs()).toHaveLength(2);
  }, 60_000);

  test('is told while the queue of requests is paused', async () => {
    await lab.replica([lab.fastConsumer()]);
    const later = new Date(Date.now() + 2_000).toISOString();
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3), callbackUrl, notBefore: later });
    await eventually(async () => (await lab.view(id)).state === 'processing');
    await lab.queue('deletion.requests').pause();
    await lab.end(id);
    expect(await added(1)).toHaveLength(1);
  }, 30_000);

  test('is told when a person cancels it', async () => {
    await lab.replica([lab.fastConsumer()]);
    const hour = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3), callbackUrl, notBefore: hour });
    expect((await lab.client.cancel(id)).state).toBe('cancelled');
    expect((await added(1, 30_000)).map(({ data }) => data)).toMatchObject([{ request: id }]);
  }, 45_000);

  test('is told that a plain job was refused, once, and the job holds nothing of the URL', async () => {
    await lab.replica([lab.fastConsumer()]);
    const requests = lab.queue('deletion.requests');
    const job = await requests.add('delete', { sessionIds: [], callbackUrl }, { jobId: 'mine' });
    expect((await added(1)).map(({ data }) => data)).toMatchObject([{ request: 'mine' }]);
    expect(await lab.view('mine')).toMatchObject({ state: 'failed', callbackUrl, callback: { state: 'pending' } });
    await eventually(async () => (await job.getState()) === 'failed');
    expect(JSON.stringify(await lab.redis.hgetall(requests.toKey('mine')))).not.toMatch(/example|private/);
    await job.retry();
    await eventually(async () => (await job.getState()) === 'failed');
    expect(await queue.getJobs()).toHaveLength(1);
  });

  test('is not told when that URL is none', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab
      .queue('deletion.requests')
      .add('delete', { sessionIds: ids(1), callbackUrl: 'ftp://x' }, { jobId: 'mine' });
    const refused = await eventually(() => lab.client.getRequest('mine'));
    expect(refused).toMatchObject({ state: 'failed', error: expect.stringMatching(/^callbackUrl: /) });
    expect(refused).not.toHaveProperty('callbackUrl');
    expect(await queue.getJobs()).toHaveLength(0);
  });
});
