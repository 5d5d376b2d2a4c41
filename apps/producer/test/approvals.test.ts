import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, createLogger, type RedisConnection, untilRedisReady } from '@session-queue/core';
import { HttpSessionQueue, SessionQueueClient } from '@session-queue/core/client';
import { consumerKeys, noteGuards, openRequest } from '@session-queue/core/engine';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { refusalOf } from './client/both-ways.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

let server: RedisServer;
let redis: RedisConnection;
let queue: SessionQueueClient;
let producer: TestProducer;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
  await untilRedisReady(redis, 5_000);
  queue = new SessionQueueClient({ redis, prefix: 'test' });
  // A token is the name of whose it is.
  producer = await startProducer({ queue, redis, maxBodyBytes: 1_000_000, findKey: (token) => token });
});
afterAll(async () => {
  await producer.stop();
  await queue.close();
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await noteGuards(consumerKeys(redis, 'test', 'default'), { approvalOver: 1, holdWindowMs: 0 });
});

const as = (token: string) => new HttpSessionQueue({ url: producer.url, token });

/** A deletion of so many sessions that lms asked for, as intake leaves it. */
async function asked(sessions = 2): Promise<string> {
  const sessionIds = Array.from({ length: sessions }, (_, n) => `session ${n}`);
  const { id } = await as('lms').deleteSessions({ sessionIds });
  await openRequest(consumerKeys(redis, 'test', 'default'), id);
  return id;
}

describe('whose token asked', () => {
  test('stands in the request, whoever it says asks, and comes from no body', async () => {
    const { id } = await as('lms').deleteSessions({ sessionIds: ['a'], requestedBy: 'ada' });
    expect(await queue.getRequest(id)).toMatchObject({ requestedBy: 'ada', keyName: 'lms' });
    const headers = { Authorization: 'Bearer lms' };
    const forged = await producer.post('/v1/deletions', { sessionIds: ['a'], keyName: 'ada' }, headers);
    expect((await problemIn(forged)).errors).toEqual([{ field: 'keyName', reason: 'is not a known field' }]);
  });

  test('stands in that of a stream, of a resubmission and not in that of a client of Redis', async () => {
    const streamed = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { Authorization: 'Bearer lms', 'Content-Type': 'text/csv' },
      body: 'a\nb',
    });
    expect(await streamed.json()).toMatchObject({ keyName: 'lms' });
    expect(await as('lms').resubmit({ submissions: ['AAAA'] })).toMatchObject({ keyName: 'lms' });
    expect(await queue.deleteSessions({ sessionIds: ['c'] })).not.toHaveProperty('keyName');
  });
});

describe('a deletion that waits for approval', () => {
  test('says so in the answer to its acceptance, and one that waits for none does not', async () => {
    const answer = await producer.post('/v1/deletions', { sessionIds: ['a', 'b'] }, { Authorization: 'Bearer lms' });
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ state: 'waiting' })]);
    expect(await as('lms').deleteSessions({ sessionIds: ['a'] })).toMatchObject({ state: 'accepted' });
  });

  test('is approved by whom another token names, and that is logged with the request', async () => {
    const id = await asked();
    expect((await as('lms').listRequests({ state: 'waiting' })).requests).toMatchObject([{ id }]);
    const approved = await as('ada').approve(id, { by: 'somebody else', reason: 'compared' });
    expect(approved).toMatchObject({ state: 'accepted', approvedBy: 'ada', approvalReason: 'compared' });
    expect(await producer.logEntry({ change: 'approve' })).toMatchObject({ by: 'ada', request: id });
  });

  test('is not approved by the token that asked, nor by a name in the body', async () => {
    const id = await asked();
    expect(await refusalOf(as('lms').approve(id, { by: 'ada' }))).toMatchObject({ code: 'conflict' });
    const headers = { Authorization: 'Bearer lms' };
    const forged = await producer.post(`/v1/requests/${id}/approve`, { by: 'ada' }, headers);
    expect((await problemIn(forged)).errors).toEqual([{ field: 'by', reason: 'is not a known field' }]);
    expect(await queue.getRequest(id)).toMatchObject({ state: 'waiting' });
  });

  test('is revoked with its reason, once and again', async () => {
    const id = await asked();
    for (const _ of [1, 2]) {
      const revoked = { reason: 'wrong list', by: 'lms' };
      expect(await as('lms').revoke(id, { reason: 'wrong list' })).toMatchObject({ state: 'cancelled', revoked });
    }
  });

  test('waits where it was wished for, and a resubmission cannot wish for it', async () => {
    const wished = await as('lms').deleteSessions({ sessionIds: ['a'], requireApproval: true });
    expect(wished).toMatchObject({ requireApproval: true });
    const streamed = await producer.fetch('/v1/deletions?requireApproval=true', {
      method: 'POST',
      headers: { Authorization: 'Bearer lms', 'Content-Type': 'text/csv' },
      body: 'b',
    });
    expect(await streamed.json()).toMatchObject({ requireApproval: true });
    const invalid = { code: 'invalid', field: 'requireApproval' };
    const resubmission = { submissions: ['AAAA'], requireApproval: true };
    expect(await refusalOf(as('lms').resubmit(resubmission))).toMatchObject(invalid);
    expect(await refusalOf(queue.resubmit(resubmission))).toMatchObject(invalid);
  });

  test('with the same key and another wish for approval is another request', async () => {
    const send = async (body: object) =>
      await producer.post('/v1/deletions', body, { Authorization: 'Bearer lms', 'Idempotency-Key': 'one' });
    expect((await send({ sessionIds: ['a'] })).status).toBe(202);
    expect((await send({ sessionIds: ['a'], requireApproval: true })).status).toBe(422);
  });
});

test('a deletion that has begun is not revoked', async () => {
  const id = await asked(1);
  const refusal = await refusalOf(as('ada').revoke(id, { reason: 'wrong list' }));
  expect(refusal).toMatchObject({ code: 'conflict' });
  expect(refusal.message).toContain('something of it may have been sent');
});

test('a producer that asks for no token takes no approval: it knows nobody', async () => {
  const open = await startProducer({ queue, redis, maxBodyBytes: 1_000 });
  try {
    const id = await asked();
    const refused = await problemIn(await open.post(`/v1/requests/${id}/approve`, {}));
    expect(refused).toMatchObject({ status: 403, detail: expect.stringContaining('PRODUCER_API_KEYS_FILE') });
    expect(await queue.getRequest(id)).toMatchObject({ state: 'waiting' });
  } finally {
    await open.stop();
  }
});
