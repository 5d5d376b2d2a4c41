import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { Queue } from 'bullmq';
import { requestKey } from '../../src/lanes/keys.ts';
import { callbackId, ensureCallback } from '../../src/queues/callback-jobs.ts';
import { bullPrefix, callbackQueueName } from '../../src/queues/names.ts';
import { noteCallback } from '../../src/requests/callback.ts';
import { mirrored } from '../../src/requests/control.ts';
import { ClientLab } from '../client/client-lab.ts';

leakGuard();

const callbackUrl = 'https://hooks.example.com/in?token=private';

let lab: ClientLab;
let queue: Queue;
beforeAll(async () => {
  lab = await ClientLab.start();
  queue = new Queue(callbackQueueName, { connection: lab.lab.redis, prefix: bullPrefix('test') });
});
afterAll(async () => {
  await queue.close();
  await lab.stop();
});
beforeEach(async () => {
  await lab.lab.redis.flushall();
  lab.lab.next();
});

async function accepted(notes: { callbackUrl?: string } = { callbackUrl }): Promise<string> {
  const { id } = await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a', 'b'], ...notes });
  await lab.open(id);
  return id;
}

async function ended(notes?: { callbackUrl?: string }): Promise<string> {
  const id = await accepted(notes);
  await lab.sendBatch('deletion', (index) => (index === 0 ? 'failed' : 'succeeded'), '10006', 'No');
  return id;
}

const ensure = (id: string) => ensureCallback(queue, lab.lab.keys, id);
const endOf = async (id: string) => Date.parse((await lab.view(id)).finishedAt ?? '');
const jobs = () => queue.getJobs();

describe('the callback of a request', () => {
  test('is added once it has ended, and holds nothing of its URL', async () => {
    const id = await ended();
    expect(await ensure(id)).toBe(await endOf(id));
    const [job, ...others] = await jobs();
    const { finishedAt = '' } = await lab.view(id);
    expect(others).toEqual([]);
    expect(job?.data).toEqual({ request: id, consumer: lab.consumer, finishedAt });
    expect(job?.id).toBe(callbackId(id, finishedAt));
    const kept = await lab.lab.redis.hgetall(queue.toKey(job?.id ?? ''));
    expect(JSON.stringify(kept)).not.toMatch(/example|private/);
  });

  test('is added once for one end, however often and however long after (invariant 11)', async () => {
    const id = await ended();
    await Promise.all([ensure(id), ensure(id), ensure(id)]);
    expect(await jobs()).toHaveLength(1);
    await queue.obliterate({ force: true });
    await ensure(id);
    expect(await jobs()).toHaveLength(0);
  });

  test('is added again when it ends again, after a retry', async () => {
    const id = await ended();
    await ensure(id);
    await lab.client.retryFailed(id, { reason: 'again' });
    expect(await ensure(id)).toBeUndefined();
    expect((await lab.view(id)).callback).toBeUndefined();
    await lab.sendBatch('deletion', () => 'succeeded');
    await ensure(id);
    expect(await jobs()).toHaveLength(2);
    expect((await lab.view(id)).callback).toMatchObject({ state: 'pending', attempts: 0 });
  });

  test('is none for a request that is open, that has no URL, or whose record is gone', async () => {
    const open = await accepted();
    expect(await ensure(open)).toBeUndefined();
    await lab.sendBatch('deletion', () => 'succeeded');
    const without = await ended({});
    expect(await ensure(without)).toBe(await endOf(without));
    expect((await lab.view(without)).callback).toBeUndefined();
    expect(await ensure('gone')).toBeUndefined();
    expect(await jobs()).toHaveLength(0);
  });
});

describe('what became of a callback', () => {
  const note = async (id: string, state: 'pending' | 'delivered' | 'failed', attempts: number) =>
    noteCallback(lab.lab.keys, id, { finishedAt: await endOf(id), state, attempts });

  test('stands in its request', async () => {
    const id = await ended();
    expect((await lab.view(id)).callback).toMatchObject({ state: 'pending', attempts: 0, at: expect.any(String) });
    for (const [state, attempts] of [
      ['pending', 1],
      ['failed', 2],
      ['delivered', 3],
    ] as const) {
      await note(id, state, attempts);
      expect((await lab.view(id)).callback).toMatchObject({ state, attempts });
    }
  });

  test('is not undone by whoever notes that it was added, or was slower', async () => {
    const id = await ended();
    await note(id, 'pending', 2);
    await note(id, 'pending', 0);
    expect((await lab.view(id)).callback).toMatchObject({ attempts: 2 });
    await note(id, 'delivered', 3);
    await note(id, 'failed', 4);
    expect((await lab.view(id)).callback).toMatchObject({ state: 'delivered', attempts: 3 });
  });

  test('is not noted of an end that is not the last, nor of a record that is gone', async () => {
    const id = await ended();
    const end = await endOf(id);
    await noteCallback(lab.lab.keys, id, { finishedAt: end - 1, state: 'delivered', attempts: 1 });
    expect((await lab.view(id)).callback).toMatchObject({ state: 'pending', attempts: 0 });
    await noteCallback(lab.lab.keys, 'gone', { finishedAt: end, state: 'delivered', attempts: 1 });
    expect(await lab.lab.redis.exists(requestKey(lab.lab.keys, 'gone'))).toBe(0);
  });
});

describe('an end that was mirrored', () => {
  const finish = () => lab.lab.redis.zrange(`${lab.lab.keys.base}finish`, '0', '-1');

  test('leaves the finish set', async () => {
    const id = await ended();
    expect(await finish()).toContain(`request deletion ${id}`);
    await mirrored(lab.lab.keys, 'deletion', id, await endOf(id));
    expect(await finish()).not.toContain(`request deletion ${id}`);
  });

  test('leaves there the end that came since, whose callback is still to be added', async () => {
    const id = await ended();
    await mirrored(lab.lab.keys, 'deletion', id, (await endOf(id)) - 1);
    await mirrored(lab.lab.keys, 'deletion', id);
    expect(await finish()).toContain(`request deletion ${id}`);
  });

  test('leaves it too once the record is gone', async () => {
    const id = await ended();
    await lab.lab.redis.del(requestKey(lab.lab.keys, id));
    expect(await finish()).toContain(`request deletion ${id}`);
    await mirrored(lab.lab.keys, 'deletion', id);
    expect(await finish()).not.toContain(`request deletion ${id}`);
  });
});
