import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, eventually } from '@session-queue/testing';
import { type Job, Worker } from 'bullmq';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null }, jobMs: { min: 1_500, max: 2_500 } });
});
afterEach(() => lab.stop());

const received = () => lab.fake.books().consumers.key?.deletion?.received ?? 0;

describe('a BullMQ job removed by hand loses nothing', () => {
  test('before intake has seen it', async () => {
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(20) });
    await lab.queue('deletion.requests').remove(id);
    await lab.replica([lab.fastConsumer()]);
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 20 } });
  });

  test("while its lane works, both the request's and the batches'", async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(120) });
    await lab.fake.until(() => received() >= 2);
    await lab.queue('deletion.requests').obliterate({ force: true });
    await lab.queue('deletion.batches').obliterate({ force: true });
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 120 } });
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 120, repeated: 0 });
    // Nothing is left to finish, though there was no job to finish it with.
    await eventually(async () => (await lab.redis.zcard('session-queue:{default}:finish')) === 0, {
      timeoutMs: 30_000,
    });
  }, 60_000);

  test('after its end, when the record is all that is left', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    await lab.end(id);
    await eventually(async () => (await (await lab.queue('deletion.requests').getJob(id))?.getState()) === 'completed');
    await lab.queue('deletion.requests').remove(id);
    expect((await lab.view(id)).counts.succeeded).toBe(5);
  });
});

describe('a request that was accepted', () => {
  /** A worker that takes the job of one request, does that with it, and neither ends it nor lets go of it. */
  async function takenByTheDead(
    id: string,
    act: (job: Job, token: string) => Promise<void> = async () => undefined,
  ): Promise<Worker> {
    const connection = { url: lab.server.url, maxRetriesPerRequest: null };
    const taken = deferred();
    const run = async (job: Job, token = '') => {
      if (job.id === id) taken.resolve();
      await act(job, token);
      await new Promise(() => undefined);
    };
    const dead = new Worker('deletion.requests', run, { connection, prefix: '{session-queue}' });
    await taken.promise;
    return dead;
  }

  test('is worked on though the worker that took its job died, long before BullMQ gives the job to another', async () => {
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    const dead = await takenByTheDead(id);
    await lab.replica([lab.fastConsumer()]);
    expect((await lab.end(id, 15_000)).counts.succeeded).toBe(5);
    await dead.close(true);
  }, 30_000);

  test('is worked on though its job sleeps already, as if its intake had been lost with the end of the AOF', async () => {
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    const dead = await takenByTheDead(id, (job, token) => job.moveToDelayed(Date.now() + 3_600_000, token));
    await eventually(async () => (await lab.queue('deletion.requests').getJobState(id)) === 'delayed');
    await dead.close(true);
    await lab.replica([lab.fastConsumer()]);
    expect((await lab.end(id, 15_000)).counts.succeeded).toBe(5);
  }, 30_000);

  test('waits while its queue is paused in Bull Board', async () => {
    const queue = lab.queue('deletion.requests');
    await queue.pause();
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    await lab.replica([lab.fastConsumer()]);
    const rounds = 7_000;
    await new Promise((resolve) => setTimeout(resolve, rounds));
    expect((await lab.view(id)).state).toBe('accepted');
    await queue.resume();
    expect((await lab.end(id)).counts.succeeded).toBe(5);
  });
});

describe('nothing is claimed and nothing begins to be sent', () => {
  test('while the batch queue is paused in Bull Board', async () => {
    const queue = lab.queue('deletion.batches');
    await queue.pause();
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    await eventually(async () => (await lab.view(id)).state === 'processing');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(received()).toBe(0);
    await queue.resume();
    expect((await lab.end(id)).counts.succeeded).toBe(5);
  });

  test('while all deletions are stopped', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.stopKind('deletion', 'a court order');
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
    await eventually(async () => (await lab.view(id)).state === 'processing');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(received()).toBe(0);
    expect((await lab.view(id)).allStopped).toBe('a court order');
    await lab.client.startKind('deletion');
    expect((await lab.end(id)).counts.succeeded).toBe(5);
  });
});

describe('a stop in the middle of the work', () => {
  test.each([
    ['all deletions', () => lab.client.stopKind('deletion', 'a court order'), () => lab.client.startKind('deletion')],
    ['the batch queue', () => lab.queue('deletion.batches').pause(), () => lab.queue('deletion.batches').resume()],
  ])(
    'of %s lets nothing begin to be sent after it, and keeps nothing claimed',
    async (_what, stop, start) => {
      await lab.replica([lab.fastConsumer()]);
      await lab.replica([lab.fastConsumer()]);
      const { id } = await lab.client.deleteSessions({ sessionIds: ids(20_000) });
      await lab.fake.until(() => received() >= 20);
      await stop();
      const leases = 'session-queue:{default}:leases';
      await eventually(async () => (await lab.redis.zcard(leases)) === 0);
      const sent = received();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(received()).toBe(sent);
      expect(await lab.redis.zcard(leases)).toBe(0);
      await start();
      expect((await lab.end(id, 60_000)).counts.succeeded).toBe(20_000);
      expect(lab.fake.books().sessions).toMatchObject({ distinct: 20_000, repeated: 0 });
    },
    90_000,
  );
});

describe('two workers that would share one quota without knowing', () => {
  test('refuse to start, with both consumers named', async () => {
    await lab.replica([lab.consumer()]);
    await expect(lab.replica([lab.consumer({ name: 'twin' })])).rejects.toThrow("'twin' and 'default'");
    await expect(lab.replica([lab.consumer({ key: 'other' })])).rejects.toThrow("'default' has another key");
    await lab.replica([lab.consumer()]);
  });
});
