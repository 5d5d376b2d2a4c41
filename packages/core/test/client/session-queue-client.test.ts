import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import { Announcements } from '../../src/consumers/announcements.ts';
import { mixedIds } from '../requests/id-shapes.ts';
import { takeAll } from '../requests/lane-contents.ts';
import { ClientLab, submissions } from './client-lab.ts';

leakGuard();

let lab: ClientLab;
beforeAll(async () => {
  lab = await ClientLab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.lab.redis.flushall();
  lab.lab.next();
});

const counts = {
  duplicates: 0,
  claimed: 0,
  submitted: 0,
  parked: 0,
  succeeded: 0,
  absent: 0,
  alreadyDeleted: 0,
  failed: 0,
  cancelled: 0,
  resent: 0,
};
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('a request', () => {
  test('is answered with its view, and looked up later by its id', async () => {
    const asked = { sessionIds: ['a', 'b', 'a'], reason: 'retention', requestedBy: 'billing' };
    const view = await lab.client.deleteSessions({ consumer: lab.consumer, ...asked });
    expect(view).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'deletion',
      consumer: lab.consumer,
      state: 'accepted',
      counts: { ...counts, total: 2, pending: 2, duplicates: 1 },
      priority: 'normal',
      createdAt: isoTime,
      deadline: isoTime,
      reason: 'retention',
      requestedBy: 'billing',
    });
    expect(await lab.client.getRequest(view.id)).toEqual(view);
  });

  test('of submissions says so, and is for the default consumer unless one is named', async () => {
    const view = await lab.client.resubmit({ submissions: submissions(3) });
    expect(view).toMatchObject({ kind: 'resubmission', consumer: 'default', counts: { ...counts, total: 3 } });
    expect(await lab.client.getRequest(view.id)).toEqual(view);
  });

  test('that nobody made is not there', async () => {
    expect(await lab.client.getRequest('nobody')).toBeUndefined();
    expect(await lab.client.getRequest('')).toBeUndefined();
  });

  test('shows while it is uploaded how much has come', async () => {
    let seen: unknown;
    async function* looking(): AsyncGenerator<string> {
      yield* mixedIds(2_500);
      seen = await lab.client.getRequest('r');
      yield 'one more';
    }
    await lab.client.deleteSessions({ consumer: lab.consumer, id: 'r', sessionIds: looking() });
    expect(seen).toMatchObject({ state: 'receiving', counts: { total: 2_000, pending: 2_000 } });
    expect(await lab.view('r')).toMatchObject({ state: 'accepted', counts: { total: 2_501 } });
  });

  test('shows that all requests of its kind are stopped, and why, until it is over', async () => {
    const id = await lab.accepted(['a']);
    const other = await lab.client.resubmit({ consumer: lab.consumer, submissions: submissions(1) });
    await lab.client.stopKind('deletion', 'a wrong list');
    expect((await lab.view(id)).allStopped).toBe('a wrong list');
    expect(await lab.view(other.id)).not.toHaveProperty('allStopped');
    await lab.client.startKind('deletion');
    expect(await lab.view(id)).not.toHaveProperty('allStopped');
    await lab.client.stopKind('deletion', 'again');
    await lab.client.cancel(id);
    expect(await lab.view(id)).not.toHaveProperty('allStopped');
  });

  test('shows how it ended', async () => {
    const id = await lab.accepted(['a', 'b', 'c', 'd']);
    await lab.open(id);
    await lab.sendBatch('deletion', (index) => (index === 0 ? 'absent' : index === 1 ? 'failed' : 'succeeded'));
    expect(await lab.view(id)).toMatchObject({
      state: 'failed',
      counts: { ...counts, total: 4, pending: 0, succeeded: 3, absent: 1, failed: 1 },
      finishedAt: isoTime,
    });
  });
});

describe('the job in BullMQ', () => {
  test('holds nothing private (invariant 9)', async () => {
    const id = await lab.accepted(['private-1', 'private-2']);
    const asked = { consumer: lab.consumer, submissions: submissions(2), reason: 'r', requestedBy: 'me' };
    const resubmission = await lab.client.resubmit(asked);
    const jobs = [await lab.queues.deletion.getJob(id), await lab.queues.resubmission.getJob(resubmission.id)];
    expect(jobs.map((job) => [job?.name, job?.data])).toEqual([
      ['delete', { request: id, consumer: lab.consumer, total: 2 }],
      ['resubmit', { request: resubmission.id, consumer: lab.consumer, total: 2, reason: 'r', requestedBy: 'me' }],
    ]);
    const said = JSON.stringify(jobs.map((job) => job?.asJSON()));
    for (const item of ['private-1', ...submissions(2)]) expect(said).not.toContain(item);
  });

  test('is added once, however often the call is repeated (invariant 11)', async () => {
    await lab.accepted(['a', 'b'], 'r');
    await lab.accepted(['a', 'b'], 'r');
    expect(await lab.queues.deletion.getJobCounts('waiting', 'delayed', 'active')).toEqual({
      waiting: 1,
      delayed: 0,
      active: 0,
    });
  });

  test('is added by the repeated call when the first one died before it', async () => {
    await lab.accepted(['a', 'b'], 'r');
    await lab.queues.deletion.remove('r');
    await lab.accepted(['a', 'b'], 'r');
    expect((await lab.queues.deletion.getJob('r'))?.data).toMatchObject({ request: 'r', total: 2 });
  });

  test('is not added again once the request is over', async () => {
    await lab.accepted(['a'], 'r');
    await lab.client.cancel('r');
    await lab.queues.deletion.remove('r');
    const again = await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a'], id: 'r' });
    expect(again.state).toBe('cancelled');
    expect(await lab.queues.deletion.getJob('r')).toBeUndefined();
  });
});

test('the place of an accepted request lasts once the client has let go', async () => {
  const client = new SessionQueueClient({ redis: lab.lab.redis, prefix: 'test' });
  const { id } = await client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a'] });
  await client.close();
  expect(await lab.lab.redis.pttl(`test:index:${id}`)).toBe(-1);
});

describe('an id', () => {
  test('may be any text, and names one request for ever', async () => {
    for (const id of ['a', 'with space', 'ümlaut/é😀', '{braces}', '12-34', '1.5', 'x'.repeat(255)]) {
      expect(await lab.accepted(['a', 'b'], id)).toBe(id);
      expect(await lab.view(id)).toMatchObject({ id, state: 'accepted' });
      expect((await lab.queues.deletion.getJob(id))?.data).toMatchObject({ request: id });
    }
  });

  test.each([
    ['nothing', ''],
    ['a colon', 'a:b'],
    ['a control character', 'a\nb'],
    ['256 characters', 'x'.repeat(256)],
    ['a whole number', '17'],
    ['a negative one', '-17'],
    ['what BullMQ reads as no number', 'NaN'],
    ['half of a 4-byte character', 'a\ud83d'],
    ['a key of its queue', 'wait'],
    ['another key of its queue', 'meta'],
    ['the longest key of its queue', 'waiting-children'],
  ])('that is or holds %s is refused before anything is stored', async (_name, id) => {
    await expect(lab.accepted(['a'], id)).rejects.toMatchObject({ code: 'invalid', field: 'id' });
    expect(await lab.lab.redis.keys(`*${lab.consumer}*`)).toEqual([]);
    expect(await lab.lab.redis.keys('test:index:*')).toEqual([]);
  });

  test('that is taken by other items, another kind or another consumer is refused', async () => {
    await lab.accepted(['a', 'b'], 'r');
    const taken = { code: 'id_taken' };
    const { consumer, client } = lab;
    await expect(client.deleteSessions({ consumer, id: 'r', sessionIds: ['a'] })).rejects.toMatchObject(taken);
    await expect(client.resubmit({ consumer, id: 'r', submissions: submissions(1) })).rejects.toMatchObject(taken);
    await expect(client.deleteSessions({ consumer: 'other', id: 'r', sessionIds: ['a', 'b'] })).rejects.toMatchObject(
      taken,
    );
    expect(await lab.view('r')).toMatchObject({ kind: 'deletion', consumer, counts: { total: 2 } });
  });

  test('of a request that was refused may be used for the corrected one', async () => {
    const { consumer, client } = lab;
    await expect(client.deleteSessions({ consumer, id: 'r', sessionIds: ['a', ''] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await client.getRequest('r')).toBeUndefined();
    expect(await lab.lab.redis.exists('test:index:r')).toBe(0);
    expect((await client.deleteSessions({ consumer, id: 'r', sessionIds: ['a', 'b'] })).state).toBe('accepted');
    expect(await lab.lab.redis.ttl('test:index:r')).toBe(-1);
  });
});

describe('bad input is refused with its field, and never repeated', () => {
  const { consumer } = { consumer: 'c' };

  test.each([
    ['a string', 'private'],
    ['a number', 7],
    ['nothing', undefined],
    ['null', null],
    ['an object', { 0: 'private' }],
  ])('%s instead of a list', async (_name, sessionIds) => {
    const input = { consumer, sessionIds } as unknown as { sessionIds: string[] };
    const refusal = { code: 'invalid', field: 'sessionIds', message: 'must be a list' };
    await expect(lab.client.deleteSessions(input)).rejects.toMatchObject(refusal);
    const other = { consumer, submissions: sessionIds } as unknown as { submissions: string[] };
    await expect(lab.client.resubmit(other)).rejects.toMatchObject({ ...refusal, field: 'submissions' });
  });

  test('an empty list', async () => {
    const refusal = { code: 'invalid', message: 'must hold at least one item' };
    await expect(lab.client.deleteSessions({ consumer, sessionIds: [] })).rejects.toMatchObject({
      ...refusal,
      field: 'sessionIds',
    });
    await expect(lab.client.resubmit({ consumer, submissions: new Set<string>() })).rejects.toMatchObject({
      ...refusal,
      field: 'submissions',
    });
  });

  test.each([
    [['a', 'private\n'], 'sessionIds[1]', 'must hold no control characters'],
    [[...mixedIds(1_200), 7], 'sessionIds[1200]', 'must be a string'],
    [['private\ud800'], 'sessionIds[0]', 'must be well-formed Unicode'],
  ])('a bad item %#', async (items, field, message) => {
    const refused = lab.client.deleteSessions({ consumer, sessionIds: items as string[] });
    await expect(refused).rejects.toMatchObject({ code: 'invalid', field, message });
    await expect(refused).rejects.not.toThrow('private');
  });

  test.each([
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{ requestedBy: 'a\u0000b' }, 'requestedBy'],
    [{ requestedBy: 'x'.repeat(201) }, 'requestedBy'],
    [{ consumer: 'no spaces' }, 'consumer'],
    [{ consumer: '' }, 'consumer'],
  ])('a bad note %#', async (notes, field) => {
    await expect(lab.client.deleteSessions({ ...notes, sessionIds: ['a'] })).rejects.toMatchObject({
      code: 'invalid',
      field,
    });
  });
});

describe('a consumer that no worker knows', () => {
  const announcements = () => new Announcements(lab.lab.redis, 'test');
  const asked = { consumer: 'unheard-of', sessionIds: ['a'] };

  test('is taken on trust before the first worker', async () => {
    expect(await lab.client.consumers()).toEqual([]);
    expect((await lab.client.deleteSessions(asked)).state).toBe('accepted');
  });

  test('is refused once a worker has announced its own, and none of these is named', async () => {
    await announcements().announce('worker', [
      { name: 'school', identity: '1' },
      { name: 'college', identity: '2' },
    ]);
    expect(await lab.client.consumers()).toEqual(['college', 'school']);
    await expect(lab.client.deleteSessions(asked)).rejects.toMatchObject({
      code: 'unknown_consumer',
      field: 'consumer',
      message: 'no worker has announced this consumer',
    });
    expect(await lab.lab.redis.keys('test:*')).toEqual([]);
    expect((await lab.client.deleteSessions({ ...asked, consumer: 'school' })).state).toBe('accepted');
  });
});

describe('an upload that its service gives up', () => {
  test('throws the error of its source as it is', async () => {
    const failure = new Error('the file is torn');
    async function* torn(): AsyncGenerator<string> {
      yield* mixedIds(3_000);
      throw failure;
    }
    await expect(lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: torn() })).rejects.toBe(failure);
  });

  test.each([
    ['no reason', undefined, { name: 'AbortError' }],
    ['a timeout', new DOMException('too slow', 'TimeoutError'), { name: 'TimeoutError' }],
    ['a reason of its own', new Error('nobody waits'), { message: 'nobody waits' }],
  ])('throws what the signal says, with %s', async (_name, reason, error) => {
    const asked = { consumer: lab.consumer, id: 'r', signal: AbortSignal.abort(reason) };
    await expect(lab.client.deleteSessions({ ...asked, sessionIds: ['a'] })).rejects.toMatchObject(error);
    await expect(lab.client.deleteSessions({ ...asked, sessionIds: mixedIds(3_000) })).rejects.toMatchObject(error);
    expect(await lab.lab.redis.keys('test:*')).toEqual([]);
  });
});

test('what several services ask at once comes out whole', async () => {
  const lists = Array.from({ length: 8 }, (_, i) => mixedIds(1_600).map((id) => `${i} ${id}`.slice(0, 100)));
  const well = lists.map((list) => list.map((id) => id.toWellFormed()));
  const views = await Promise.all(
    well.map((sessionIds) => lab.client.deleteSessions({ consumer: lab.consumer, sessionIds })),
  );
  for (const { id } of views) await lab.open(id);
  const taken = await takeAll(lab.lab);
  const unique = new Set(well.flat());
  expect(new Set(taken)).toEqual(unique);
  expect(taken).toHaveLength(unique.size);
});
