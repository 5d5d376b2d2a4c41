import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SessionQueueClient } from '@session-queue/core';
import { consumerKeys } from '@session-queue/core/engine';
import { eventually } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

let lab: Lab;
let client: SessionQueueClient;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null } });
  client = new SessionQueueClient({ redis: lab.redis, sessionIndex: true });
});
afterEach(async () => {
  await client.close();
  await lab.stop();
});

const [first = '', second = ''] = ids(2);

describe('a worker with an index of sessions', () => {
  test('puts the sessions of plain jobs there, and writes down what became of them', async () => {
    await lab.replica([lab.fastConsumer()], { sessionIndex: true });
    await lab.queue('deletion.requests').add('delete', { sessionIds: ids(60) }, { jobId: 'plain' });
    await eventually(async () => (await client.getRequest('plain')) !== undefined);
    await lab.end('plain');
    for (const id of ids(60)) {
      expect(await client.findSession(id)).toEqual([
        expect.objectContaining({ id: 'plain', consumer: 'default', state: 'completed', outcome: 'succeeded' }),
      ]);
    }
  });

  test('lets clients that were not told put theirs there, too', async () => {
    await lab.replica([lab.fastConsumer()], { sessionIndex: true });
    const untold = new SessionQueueClient({ redis: lab.redis });
    await untold.deleteSessions({ id: 'theirs', sessionIds: [first] });
    expect(await client.findSession(first)).toEqual([expect.objectContaining({ id: 'theirs' })]);
    await untold.close();
  });

  test('puts none there without being told to, and writes down outcomes of those that are there all the same', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.queue('deletion.requests').add('delete', { sessionIds: [first] }, { jobId: 'plain' });
    await client.deleteSessions({ id: 'ours', sessionIds: [second] });
    await eventually(async () => (await client.getRequest('plain')) !== undefined);
    await lab.end('plain');
    await lab.end('ours');
    expect(await client.findSession(first)).toEqual([]);
    expect(await client.findSession(second)).toEqual([
      expect.objectContaining({ id: 'ours', state: 'completed', outcome: 'succeeded' }),
    ]);
  });

  test('lets the index go with the requests that it knew', async () => {
    // Consecutive ids may meet in few buckets, by some seeds.
    await client.deleteSessions({ id: 'old', sessionIds: Array.from({ length: 4_000 }, () => randomUUID()) });
    const { base } = consumerKeys(lab.redis, 'session-queue', 'default');
    expect((await lab.redis.keys(`${base}sessions*`)).length).toBeGreaterThan(4_000 / 48);
    await lab.redis.unlink(`${base}request:old`, `${base}request:old:items`);
    await lab.replica([lab.consumer()]);
    await eventually(async () => (await lab.redis.keys(`${base}sessions*`)).length === 0, { timeoutMs: 20_000 });
  });
});
