import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { queueNames, SessionQueueClient } from '@session-queue/core';
import { eventually } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start();
});
afterEach(() => lab.stop());

const received = () => lab.fake.books().consumers.key?.deletion?.received ?? 0;
const overTwo = () => lab.fastConsumer({ guards: { approvalOver: 2, holdWindowMs: 0 } });

async function untilState(id: string, state: string): Promise<void> {
  await eventually(async () => (await lab.client.getRequest(id))?.state === state, { timeoutMs: 10_000 });
}

describe('a deletion over the number of its consumer', () => {
  test('asked for by the library waits, and is sent once a second person has approved', async () => {
    await lab.replica([overTwo()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3), keyName: 'lms' });
    const { id: small } = await lab.client.deleteSessions({ sessionIds: ids(2, 100) });
    expect((await lab.end(small)).state).toBe('completed');
    await untilState(id, 'waiting');
    expect(lab.fake.books().sessions.distinct).toBe(2);
    await expect(lab.client.approve(id, { by: 'lms' })).rejects.toMatchObject({ code: 'conflict' });
    await lab.client.approve(id, { by: 'ada', reason: 'compared' });
    expect(await lab.end(id, 5_000)).toMatchObject({ state: 'completed', approvedBy: 'ada', counts: { succeeded: 3 } });
  }, 30_000);

  test('asked for by a plain BullMQ job waits as well, and is revoked with nothing sent', async () => {
    await lab.replica([overTwo()]);
    await lab.queue(queueNames.deletion.requests).add('delete', { sessionIds: ids(3) }, { jobId: 'plain-1' });
    await untilState('plain-1', 'waiting');
    await lab.client.revoke('plain-1', { reason: 'wrong list', by: 'ada' });
    expect(await lab.end('plain-1')).toMatchObject({ state: 'cancelled', revoked: { by: 'ada' } });
    expect(received()).toBe(0);
  }, 30_000);

  test('waits also where a replica without the consumer opens it', async () => {
    await lab.replica([lab.fastConsumer({ name: 'other', key: 'other' })]);
    await lab.replica([overTwo()]);
    const found: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { id } = await lab.client.deleteSessions({ sessionIds: ids(3, 10 * n) });
      found.push(id);
    }
    for (const id of found) await untilState(id, 'waiting');
    expect(received()).toBe(0);
  }, 30_000);
});

test('a deletion is sent when the hold window of its consumer is over, and not before', async () => {
  const windowMs = 1_500;
  await lab.replica([lab.fastConsumer({ guards: { holdWindowMs: windowMs } })]);
  const { id } = await lab.client.deleteSessions({ sessionIds: ids(3) });
  await eventually(async () => (await lab.view(id)).startsAt !== undefined, { timeoutMs: 10_000 });
  const { startsAt = '' } = await lab.view(id);
  const { finishedAt = '' } = await lab.end(id, 10_000);
  expect(Date.parse(finishedAt)).toBeGreaterThanOrEqual(Date.parse(startsAt));
}, 30_000);

test('what was released after it was held before its intake is opened at once', async () => {
  const client = new SessionQueueClient({ redis: lab.redis });
  await lab.redis.sadd('{session-queue}:consumers', 'default');
  const { id } = await client.deleteSessions({ sessionIds: ids(3) });
  await client.hold(id);
  await lab.replica([lab.fastConsumer()]);
  const job = await lab.queue(queueNames.deletion.requests).getJob(id);
  await eventually(async () => (await job?.getState()) === 'delayed', { timeoutMs: 10_000 });
  await client.release(id);
  expect((await lab.end(id, 5_000)).state).toBe('completed');
  await client.close();
}, 30_000);
