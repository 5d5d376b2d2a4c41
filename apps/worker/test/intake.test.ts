import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { consumerKeys, RequestIndex, storeRequest } from '@session-queue/core/engine';
import { eventually } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null } });
});
afterEach(() => lab.stop());

/** Limits Redis to what makes its present use this share of the limit; what clients and scripts take beside it is little. */
async function useShare(share: number): Promise<void> {
  await lab.redis.setrange('ballast', 32 * 1024 * 1024, 'x');
  const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
  await lab.redis.config('SET', 'maxmemory', Math.round(used / share));
}

test('an accepted request whose intake fails is tried again, whatever the options of its job (invariant 1)', async () => {
  const { id } = await lab.client.deleteSessions({ sessionIds: ids(5) });
  const record = `session-queue:{default}:request:${id}`;
  await lab.redis.rename(record, 'aside');
  await lab.redis.set(record, 'as if Redis had answered with an error');
  await lab.replica([lab.fastConsumer()]);
  // It has run once, since it was there to be run at once, and it has only one attempt.
  await eventually(async () => (await lab.queue('deletion.requests').getJobState(id)) === 'delayed');
  await lab.redis.rename('aside', record);
  expect((await lab.end(id)).counts.succeeded).toBe(5);
});

describe('a plain BullMQ job', () => {
  test('waits while memory is short, and is taken in when there is room (invariant 12)', async () => {
    await lab.replica([lab.fastConsumer()]);
    const queue = lab.queue('deletion.requests');
    await useShare(0.88);
    await queue.add('delete', { sessionIds: ids(5) }, { jobId: 'waits' });
    await eventually(async () => (await queue.getJobState('waits')) === 'delayed');
    expect((await lab.client.getRequest('waits'))?.state).toBeUndefined();
    await lab.redis.config('SET', 'maxmemory', 0);
    await eventually(async () => (await lab.client.getRequest('waits'))?.state === 'completed', { timeoutMs: 15_000 });
  }, 30_000);

  test('that BullMQ numbered is taken in once, though its intake died after it had stored the items (invariant 11)', async () => {
    const request = randomUUID();
    const keys = consumerKeys(lab.redis, 'session-queue', 'default');
    await new RequestIndex(lab.redis, 'session-queue').reserve(request, { kind: 'deletion', consumer: 'default' });
    const queue = lab.queue('deletion.requests');
    const { id: jobId = '' } = await queue.add('delete', { sessionIds: ids(5), request });
    await storeRequest(keys, { id: request, kind: 'deletion', ignoring: false, items: ids(5), jobId });
    await lab.replica([lab.fastConsumer()]);
    await eventually(async () => (await queue.getJobState(jobId)) === 'completed', { timeoutMs: 10_000 });
    expect((await queue.getJob(jobId))?.data).toMatchObject({ request, total: 5 });
    expect((await lab.view(request)).counts.succeeded).toBe(5);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 5, repeated: 0 });
  });
});
