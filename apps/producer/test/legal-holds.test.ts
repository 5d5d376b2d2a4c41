import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, createLogger, type RedisConnection, untilRedisReady } from '@session-queue/core';
import { HttpSessionQueue, type SessionQueue, SessionQueueClient } from '@session-queue/core/client';
import { Announcements, consumerKeys, switchEvidence } from '@session-queue/core/engine';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { refusalOf, ways } from './client/both-ways.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer, testCaller } from './support/test-producer.ts';

leakGuard();

let server: RedisServer;
let redis: RedisConnection;
let overRedis: SessionQueueClient;
let producer: TestProducer;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
  await untilRedisReady(redis, 5_000);
  overRedis = new SessionQueueClient({ redis, prefix: 'test' });
  // A token is the name of whose it is, and then its consumer.
  const findCaller = (token: string) => {
    const [name = '', consumer] = token.split(';');
    return testCaller(name, consumer === undefined ? {} : { consumers: [consumer] });
  };
  producer = await startProducer({ queue: overRedis, redis, maxBodyBytes: 1_000_000, findCaller });
});
afterAll(async () => {
  await producer.stop();
  await overRedis.close();
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  const names = ['default', 'north'].map((name) => ({ name, identity: name }));
  await new Announcements(redis, 'test').announce('a worker', names);
});

const session = '88336e4c-04de-4274-ae31-39957b230f98';
const http = (token: string) => new HttpSessionQueue({ url: producer.url, token });

describe.each(ways)('a legal hold over %s', (way) => {
  let queue: SessionQueue;
  beforeEach(() => {
    queue = way === 'Redis' ? overRedis : http('legal');
  });

  test('is made, looked at, and lifted', async () => {
    const made = await queue.holds.addLegalHold({ sessionIds: [session, 'b'], reason: 'case 12', by: 'legal' });
    expect(made).toMatchObject({ on: 'sessions', sessions: 2, reason: 'case 12', by: 'legal', consumer: 'default' });
    expect(await queue.holds.legalHolds()).toEqual([made]);
    expect(await queue.holds.legalHolds('north')).toEqual([]);
    const kept: string[] = [];
    for await (const some of queue.holds.heldSessions(made.id)) kept.push(...some);
    expect(kept.toSorted()).toEqual([session, 'b']);
    expect(await queue.holds.removeLegalHold(made.id, { reason: 'over' })).toEqual(made);
    expect(await queue.holds.legalHolds()).toEqual([]);
    expect(await refusalOf(queue.holds.removeLegalHold(made.id, { reason: 'over' }))).toMatchObject({
      code: 'not_found',
    });
    expect(await refusalOf(queue.holds.getLegalHold(made.id))).toMatchObject({ code: 'not_found' });
  });

  test('is lifted for a reason only', async () => {
    const { id } = await queue.holds.addLegalHold({ sessionIds: [session], reason: 'case 12' });
    for (const reason of ['', undefined]) {
      const lifting = queue.holds.removeLegalHold(id, { reason } as Parameters<typeof queue.holds.removeLegalHold>[1]);
      expect(await refusalOf(lifting)).toMatchObject({ code: 'invalid', field: 'reason' });
    }
    expect(await queue.holds.legalHolds()).toHaveLength(1);
  });

  test('on a user or an activity shows whose, and that its sessions are not known yet', async () => {
    const { id } = await queue.holds.addLegalHold({ consumer: 'north', userId: 'learner', reason: 'case 12' });
    const view = await queue.holds.getLegalHold(id);
    expect(view).toMatchObject({ on: 'user', userId: 'learner', sessions: 0, consumer: 'north' });
    expect(view).not.toHaveProperty('resolvedAt');
  });

  test('that is being lifted says since when, and is lifted to its end by whoever asks for it', async () => {
    const { id } = await queue.holds.addLegalHold({ sessionIds: [session], reason: 'case 12' });
    const { base } = consumerKeys(redis, 'test', 'default');
    await redis.hset(`${base}hold:${id}`, { liftedAt: Date.parse('2027-01-31T08:00:00Z'), removing: 1 });
    const half = await queue.holds.getLegalHold(id);
    expect(half).toMatchObject({ sessions: 1, liftedAt: '2027-01-31T08:00:00.000Z' });
    expect(await queue.holds.legalHolds()).toEqual([half]);
    const again = overRedis.holds.addLegalHold({ id, sessionIds: [session], reason: 'case 12' });
    expect(await refusalOf(again)).toMatchObject({ code: 'conflict' });
    expect(await queue.holds.removeLegalHold(id, { reason: 'over' })).toEqual(half);
    expect(await queue.holds.legalHolds()).toEqual([]);
  });

  test.each<[string, object, object]>([
    ['nothing to hold', { reason: 'x' }, { code: 'invalid' }],
    ['two things at once', { userId: 'a', activityId: 'b', reason: 'x' }, { code: 'invalid' }],
    ['no reason', { userId: 'a' }, { code: 'invalid', field: 'reason' }],
    ['an id that is none', { sessionIds: ['a\nb'], reason: 'x' }, { code: 'invalid', field: 'sessionIds.0' }],
    ['half a character, which Redis would keep as another one', { userId: '\ud800', reason: 'x' }, { field: 'userId' }],
    ['too many sessions', { sessionIds: Array(1_001).fill('a'), reason: 'x' }, { field: 'sessionIds' }],
    ['an unknown consumer', { consumer: 'south', userId: 'a', reason: 'x' }, { code: 'unknown_consumer' }],
  ])('is refused over %s', async (_what, input, refusal) => {
    const adding = queue.holds.addLegalHold(input as Parameters<typeof queue.holds.addLegalHold>[0]);
    expect(await refusalOf(adding)).toMatchObject(refusal);
  });
});

test('a legal hold is made once under one Idempotency-Key, by whom the token names', async () => {
  const send = async () =>
    await producer.post(
      '/v1/legal-holds',
      { sessionIds: [session], reason: 'case 12' },
      { Authorization: 'Bearer legal', 'Idempotency-Key': 'one' },
    );
  const [first, again] = [await send(), await send()];
  expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
  expect(await again.json()).toEqual(await first.json());
  const [hold] = await overRedis.holds.legalHolds();
  expect(hold).toMatchObject({ by: 'legal' });
});

test('a legal hold that is being lifted, or has been, is not said to stand by its Idempotency-Key', async () => {
  const { holds } = http('legal');
  const place = () => holds.addLegalHold({ id: 'one', sessionIds: [session], reason: 'case 12' });
  const { id } = await place();
  expect(await place()).toMatchObject({ id });
  await redis.hset(`${consumerKeys(redis, 'test', 'default').base}hold:${id}`, { liftedAt: 1, removing: 1 });
  expect(await refusalOf(place())).toMatchObject({ code: 'conflict', message: expect.stringContaining('another one') });
  await holds.removeLegalHold(id, { reason: 'closed' });
  expect(await refusalOf(place())).toMatchObject({ code: 'conflict' });
  expect(await holds.legalHolds()).toEqual([]);
});

test('a legal hold of another consumer is as unknown as one that never was', async () => {
  const { id } = await http('legal').holds.addLegalHold({ sessionIds: [session], reason: 'case 12' });
  for (const path of [`/v1/legal-holds/${id}`, `/v1/legal-holds/${id}/sessions`, '/v1/legal-holds/none']) {
    const answer = await producer.fetch(path, { headers: { Authorization: 'Bearer north;north' } });
    expect([path, await problemIn(answer)]).toMatchObject([path, { status: 404 }]);
  }
  const lifting = await producer.fetch(`/v1/legal-holds/${id}`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer north;north', 'Content-Type': 'application/json' },
    body: JSON.stringify({ reason: 'closed' }),
  });
  expect(lifting.status).toBe(404);
  expect(await overRedis.holds.legalHolds()).toHaveLength(1);
  const foreign = http('north;north').holds.addLegalHold({ sessionIds: [session], reason: 'x' });
  expect(await refusalOf(foreign)).toMatchObject({ code: 'forbidden' });
});

test('a legal hold is lifted by whom the token names, and over HTTP not without a reason in the body', async () => {
  const keys = consumerKeys(redis, 'test', 'default');
  await switchEvidence(keys, true);
  const { id } = await http('legal').holds.addLegalHold({ sessionIds: [session], reason: 'case 12' });
  const lift = async (body?: string) =>
    await producer.fetch(`/v1/legal-holds/${id}`, {
      method: 'DELETE',
      headers: { Authorization: 'Bearer closer', 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  for (const [body, status] of [
    [undefined, 400],
    ['{}', 400],
    ['{"reason": "closed", "by": "another"}', 400],
  ] as const) {
    expect([body, (await lift(body)).status]).toEqual([body, status]);
  }
  expect((await lift('{"reason": "closed"}')).status).toBe(200);
  const [, lifted] = await redis.xrange(`${keys.base}evidence:outbox`, '-', '+');
  expect(lifted?.[1]).toEqual(expect.arrayContaining(['lifted', 'closer', 'closed']));
});

test('no log names a session, a user or an activity that is held (invariant 9)', async () => {
  const { holds } = http('legal');
  for (const what of [{ sessionIds: [session] }, { userId: 'jane-doe' }, { activityId: 'secret-exam' }]) {
    const { id } = await holds.addLegalHold({ ...what, reason: 'case 12' });
    await holds.removeLegalHold(id, { reason: 'case 12 is closed' });
    expect(await producer.logEntry({ change: 'remove', hold: id })).toMatchObject({ by: 'legal' });
  }
  const logged = producer.logged.join('\n');
  for (const secret of [session, 'jane-doe', 'secret-exam', 'case 12']) expect(logged).not.toContain(secret);
});
