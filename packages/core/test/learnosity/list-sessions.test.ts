import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type FakeLearnosity,
  type FakeLearnosityOptions,
  type ScriptInput,
  startFakeLearnosity,
} from '@session-queue/fake-learnosity';
import { leakGuard } from '@session-queue/testing';
import { createLearnosityClient, type LearnosityClient } from '../../src/learnosity/learnosity-client.ts';
import type { LearnosityError } from '../../src/learnosity/learnosity-error.ts';
import { builtInSigner } from '../../src/learnosity/signer.ts';
import { createTransport, type Transport } from '../../src/learnosity/transport.ts';
import { accountAt, json, type StandIn, startStandIn, success } from './stand-in.ts';
import { errorOf } from './wire.ts';

leakGuard();

const open: FakeLearnosity[] = [];
let transport: Transport;

beforeEach(() => {
  transport = createTransport();
});
afterEach(async () => {
  transport.stop();
  await Promise.all(open.splice(0).map((fake) => fake.close()));
});

function clientAt(url: string, account = accountAt(url)): LearnosityClient {
  return createLearnosityClient({ account, transport, signer: builtInSigner, deadlineMs: { metadata: 2_000 } });
}

async function fakeWith(options: FakeLearnosityOptions): Promise<FakeLearnosity> {
  const fake = await startFakeLearnosity(options);
  open.push(fake);
  return fake;
}

const all = { updated: { from: '2020-01-01T00:00:00Z' } };
const minute = (of: number) => Date.UTC(2026, 5, 1, 10, of);

describe('a page of sessions', () => {
  test('tells id, user and metadata of each, the one longest not updated first', async () => {
    const fake = await fakeWith({
      sessions: [
        { sessionId: 'later', userId: 'u1', updatedAt: minute(2), metadata: { course: 'b' } },
        { sessionId: 'sooner', userId: 'u2', updatedAt: minute(1) },
        { sessionId: 'bare', updatedAt: minute(1), metadata: null },
      ],
    });
    const { sessions, next, headersArrived } = await clientAt(fake.url).listSessions(all);
    expect(sessions).toEqual([
      { sessionId: 'sooner', userId: 'u2', metadata: {} },
      { sessionId: 'later', userId: 'u1', metadata: { course: 'b' } },
    ]);
    expect([typeof next, headersArrived]).toEqual(['string', true]);
  });

  test('holds up to 50, and leads to the next; the last page is empty', async () => {
    const fake = await fakeWith({ makeSessions: { count: 80 }, seed: 'pages' });
    const client = clientAt(fake.url);
    const first = await client.listSessions(all);
    const second = await client.listSessions(all, { next: first.next ?? '' });
    const third = await client.listSessions(all, { next: second.next ?? '' });
    expect([first, second, third].map(({ sessions }) => sessions.length)).toEqual([50, 30, 0]);
    const found = [...first.sessions, ...second.sessions].map(({ sessionId }) => sessionId);
    expect(found.toSorted()).toEqual(Array.from(fake.sessions(), ({ sessionId }) => sessionId).toSorted());
    expect(third.next).toBeUndefined();
    expect(fake.books().consumers[accountAt('').key]?.metadata).toMatchObject({
      accepted: 3,
      received: 3,
      misrouted: 0,
    });
  });

  test.each([
    [{ sessionIds: ['a', 'nobody'] }, ['a']],
    [{ userIds: ['u1', 'u3'] }, ['a', 'c']],
    [{ activityIds: ['x'], statuses: ['Incomplete' as const, 'Pending Scoring' as const] }, ['b']],
    [{ updated: { from: '2026-06-01T10:12:00Z', to: '2026-06-01T12:12:00+02:00' } }, ['b']],
    [{ started: { to: '2026-06-01T10:01:00Z' } }, ['a']],
    [{ completed: { from: '2026-06-01T10:13:00Z' } }, ['c']],
  ])('holds those that fit %j', async (filter, expected) => {
    const fake = await fakeWith({
      sessions: [
        { sessionId: 'a', userId: 'u1', activityId: 'x', startedAt: minute(1), updatedAt: minute(11) },
        {
          sessionId: 'b',
          userId: 'u2',
          activityId: 'x',
          status: 'Incomplete',
          startedAt: minute(2),
          updatedAt: minute(12),
        },
        {
          sessionId: 'c',
          userId: 'u3',
          activityId: 'y',
          startedAt: minute(3),
          updatedAt: minute(13),
          completedAt: minute(13),
        },
      ],
    });
    const { sessions } = await clientAt(fake.url).listSessions(filter);
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(expected);
  });
});

describe('a page of sessions that does not come', () => {
  const quotaOf = (calls: number) => ({ metadata: { calls, windowMs: 60_000 } });

  test('for lack of quota says so, and spends none of a deletion', async () => {
    const fake = await fakeWith({ sessions: ['a'], quotas: quotaOf(1) });
    const client = clientAt(fake.url);
    await client.listSessions(all);
    expect(await errorOf(client.listSessions(all))).toMatchObject({
      decision: 'quota',
      outcome: 'refused',
      code: '42000',
      httpStatus: 429,
      headersArrived: true,
    });
    expect((await client.deleteSessions(['a'])).jobReference).not.toBe('');
  });

  test.each<[string, ScriptInput, Partial<LearnosityError>]>([
    [
      'a 500 with a code',
      { fault: 'error', status: 500, code: 10000 },
      { decision: 'transient', code: '10000', httpStatus: 500 },
    ],
    ['a 503 without one', { fault: 'error', status: 503 }, { decision: 'transient', code: 'HTTP_503' }],
    ["a gateway's page", { fault: 'html' }, { decision: 'transient', code: 'HTTP_502', outcome: 'unknown' }],
    ['a page of HTML with 200', { fault: 'html', status: 200 }, { decision: 'transient', code: 'UNREADABLE' }],
    [
      'status false with 200',
      { fault: 'error', status: 200, code: 10000 },
      { decision: 'transient', code: '10000', httpStatus: 200 },
    ],
    [
      'a right that is lacking',
      { fault: 'error', status: 403, code: 40003 },
      { decision: 'consumer', code: '40003', outcome: 'refused' },
    ],
    ['data that is an object', { fault: 'wrongShape' }, { decision: 'transient', code: 'UNREADABLE' }],
    ['no data', { fault: 'wrongShape', shape: 'missing' }, { decision: 'transient', code: 'UNREADABLE' }],
    ['broken JSON', { fault: 'badJson' }, { decision: 'transient', code: 'UNREADABLE' }],
    ['a cut answer', { fault: 'truncated' }, { decision: 'transient', code: 'ECONNRESET', headersArrived: true }],
    ['no answer', { fault: 'cut' }, { decision: 'transient', outcome: 'unknown', headersArrived: false }],
    ['no answer in time', { fault: 'hang' }, { decision: 'transient', code: 'DEADLINE', outcome: 'unknown' }],
    [
      'an answer over 8 MB',
      { fault: 'oversize', bytes: 9 * 1024 * 1024 },
      { decision: 'transient', code: 'TOO_LARGE', outcome: 'unknown' },
    ],
  ])('because of %s fails with the decision what to do', async (_, fault, expected) => {
    const fake = await fakeWith({ sessions: ['a', 'b'] });
    const client = clientAt(fake.url);
    const script = fake.script({ ...fault, times: 1 } as ScriptInput);
    expect(await errorOf(client.listSessions(all))).toMatchObject(expected);
    expect(script.struck()).toBe(1);
    expect((await client.listSessions(all)).sessions).toHaveLength(2);
  });

  test('is taken for one only up to 8 MB', async () => {
    const fake = await fakeWith({ sessions: [{ sessionId: 'a', metadata: { text: 'x'.repeat(7 * 1024 * 1024) } }] });
    expect((await clientAt(fake.url).listSessions(all)).sessions).toHaveLength(1);
  });

  test('because of wrong credentials is the fault of the consumer', async () => {
    const fake = await fakeWith({ sessions: ['a'] });
    const client = clientAt(fake.url, { ...accountAt(fake.url), secret: 'another' });
    expect(await errorOf(client.listSessions(all))).toMatchObject({ decision: 'consumer', code: '41003' });
  });

  test('because it asks for itself again is unreadable: nobody could walk on', async () => {
    const fake = await fakeWith({ makeSessions: { count: 120 } });
    const client = clientAt(fake.url);
    const { next = '' } = await client.listSessions(all);
    fake.script({ fault: 'wrongNext', times: 1 });
    const error = await errorOf(client.listSessions(all, { next }));
    expect(error).toMatchObject({ decision: 'transient', outcome: 'unknown', code: 'UNREADABLE', httpStatus: 200 });
    expect(String(error.cause)).toMatch('the page asks for itself again');
    expect((await client.listSessions(all, { next })).sessions).toHaveLength(50);
  });

  test('can be cut by its caller', async () => {
    const fake = await fakeWith({ script: [{ fault: 'hang' }] });
    const stop = new AbortController();
    const call = errorOf(clientAt(fake.url).listSessions(all, { signal: stop.signal }));
    await fake.until(({ consumers }) => consumers[accountAt('').key]?.metadata.received === 1);
    stop.abort();
    expect(await call).toMatchObject({ code: 'ABORTED', decision: 'transient' });
  });

  test('never leaves after the moment by which it had to', async () => {
    const fake = await fakeWith({ sessions: ['a'] });
    const call = clientAt(fake.url).listSessions(all, { leaveBy: performance.now() - 1 });
    expect(await errorOf(call)).toMatchObject({ code: 'DEADLINE', outcome: 'refused' });
    expect(fake.books().consumers[accountAt('').key]?.metadata.received).toBe(0);
  });
});

describe('an answer with sessions', () => {
  let standIn: StandIn;

  beforeAll(async () => {
    standIn = await startStandIn();
  });
  afterAll(() => standIn.stop());
  beforeEach(() => {
    standIn.arrivals.length = 0;
  });

  test("is asked for in Learnosity's words, in seconds, from the oldest update on", async () => {
    standIn.answer(success([]));
    const filter = {
      sessionIds: ['s'],
      userIds: ['u'],
      activityIds: ['a'],
      statuses: ['Completed' as const],
      updated: { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' },
      started: { from: '2026-06-03T00:00:00.000Z', to: '2026-06-04T02:00:00+02:00' },
      completed: { from: '2026-06-05T00:00:00Z', to: '2026-06-06T00:00:00Z' },
    };
    await clientAt(standIn.url).listSessions(filter, { next: 'page two' });
    const [arrival] = standIn.arrivals;
    expect(arrival?.path).toBe('/v2026.2.LTS/sessions/metadata');
    expect(arrival?.headers['x-learnosity-action']).toBe('get_/sessions/metadata');
    const day = (of: number) => Date.UTC(2026, 5, of) / 1000;
    expect(arrival?.request).toEqual({
      session_id: ['s'],
      user_id: ['u'],
      activity_id: ['a'],
      status: ['Completed'],
      mintime: day(1),
      maxtime: day(2),
      mintime_started: day(3),
      maxtime_started: day(4),
      mintime_completed: day(5),
      maxtime_completed: day(6),
      sort: 'asc',
      limit: 50,
      next: 'page two',
    });
  });

  test("may lack a user and metadata, and tells Learnosity's clock", async () => {
    const body = { meta: { status: true, next: 'n' }, data: [{ session_id: 'a', user_id: 7, new_field: 1 }] };
    standIn.answer(json(200, body, { Date: 'Wed, 10 Jun 2026 12:00:05 GMT' }));
    expect(await clientAt(standIn.url).listSessions(all)).toMatchObject({
      sessions: [{ sessionId: 'a', userId: undefined, metadata: undefined }],
      next: 'n',
      serverTime: Date.UTC(2026, 5, 10, 12, 0, 5),
    });
  });

  test.each([[{ user_id: 'u' }], [{ session_id: '' }], [{ session_id: 7 }], ['a'], [null]])(
    'is unreadable where one session cannot be read: it must not go unseen (%j)',
    async (entry) => {
      standIn.answer(success([{ session_id: 'a' }, entry], { next: 'n' }));
      expect(await errorOf(clientAt(standIn.url).listSessions(all))).toMatchObject({ code: 'UNREADABLE' });
    },
  );

  test('shows nothing of filter, sessions or secret in its errors (invariant 9)', async () => {
    const shy = { sessionIds: ['session-0815'], userIds: ['learner-4711'], activityIds: ['activity-1234'] };
    const told = Object.values(shy).flat();
    const { secret } = accountAt('');
    const answers = [
      json(400, { meta: { status: false, code: 20004, message: `bad: ${told.join(' ')} ${secret}` } }),
      success([{ session_id: ['session-0815'], metadata: 'learner-4711' }, { 'activity-1234': 1 }]),
      json(200, `session-0815 learner-4711 activity-1234`),
      success([{ session_id: 'session-0815' }], { next: 'learner-4711' }),
    ];
    for (const answer of answers) {
      standIn.answer(answer);
      const error = await errorOf(clientAt(standIn.url).listSessions(shy, { next: 'learner-4711' }));
      const printed = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${JSON.stringify(error.cause)}`;
      for (const shown of [...told, secret]) expect(printed).not.toContain(shown);
    }
  });
});
