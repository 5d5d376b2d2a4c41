import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

describe('a request, once accepted', () => {
  let queue: MemoryQueue;
  let producer: TestProducer;
  let path: string;
  let id: string;

  beforeAll(async () => {
    queue = new MemoryQueue();
    producer = await startProducer({ queue });
  });
  afterAll(async () => await producer.stop());
  beforeEach(async () => {
    const response = await producer.post('/v1/deletions', { sessionIds: ['a', 'b', 'c'], reason: 'why' });
    id = ((await response.json()) as { id: string }).id;
    path = `/v1/requests/${id}`;
  });

  test('is shown with its fields in the documented order', async () => {
    await producer.post('/v1/stop', { kind: 'deletion', reason: 'a drill' });
    const response = await producer.fetch(path);
    await producer.post('/v1/start', { kind: 'deletion' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const view = (await response.json()) as Record<string, unknown>;
    expect(Object.keys(view)).toEqual([
      'id',
      'kind',
      'consumer',
      'state',
      'counts',
      'priority',
      'createdAt',
      'reason',
      'allStopped',
    ]);
    expect(view).toMatchObject({ id, allStopped: 'a drill' });
    expect(Object.keys(view.counts as object)).toEqual([
      'total',
      'duplicates',
      'pending',
      'claimed',
      'submitted',
      'parked',
      'succeeded',
      'absent',
      'alreadyDeleted',
      'failed',
      'cancelled',
      'resent',
    ]);
  });

  test('tells why its lane is stopped and why it was refused', async () => {
    const kept = queue.kept.get(id);
    const laneStopped = { code: '40001', message: 'wrong secret', since: '2026-01-01T00:00:00.000Z' };
    Object.assign(kept?.view ?? {}, { laneStopped, error: 'bad data' });
    expect(await (await producer.fetch(path)).json()).toMatchObject({ laneStopped, error: 'bad data' });
  });

  test('is cancelled, held and released by POST without a body, and answers as it is then', async () => {
    expect(await (await producer.post(`${path}/hold`)).json()).toMatchObject({ id, state: 'held' });
    expect(await (await producer.post(`${path}/release`, {})).json()).toMatchObject({ id, state: 'processing' });
    expect(await (await producer.post(`${path}/cancel`)).json()).toMatchObject({ id, state: 'cancelled' });
    const again = await producer.post(`${path}/cancel`);
    expect(await problemIn(again)).toMatchObject({ status: 409, detail: 'this request is cancelled' });
    expect((await problemIn(await producer.post(`${path}/hold`, { now: true }))).errors).toEqual([
      { field: 'now', reason: 'is not a known field' },
    ]);
  });

  test('has its failed items listed a page at a time, and retried', async () => {
    const reports = ['a', 'b', 'c'].map((item) => ({ item, code: '20003', message: 'invalid' }));
    queue.report(id, 'failed', reports);
    const first = await producer.fetch(`${path}/items?state=failed&limit=2`);
    expect(await first.json()).toEqual({ items: reports.slice(0, 2), next: '2' });
    const second = await producer.fetch(`${path}/items?state=failed&limit=2&next=2`);
    expect(await second.json()).toEqual({ items: reports.slice(2) });
    expect(await (await producer.post(`${path}/retry`, { reason: 'mended' })).json()).toMatchObject({
      state: 'processing',
    });
  });

  test('has its parked items sent again or failed', async () => {
    queue.report(id, 'parked', [{ item: 'a', code: 'unknown_outcome', message: 'no answer' }]);
    expect(await (await producer.fetch(`${path}/items?state=parked`)).json()).toMatchObject({ items: [{ item: 'a' }] });
    const resent = await producer.post(`${path}/parked`, { action: 'resend' });
    expect(await resent.json()).toMatchObject({ counts: { parked: 0, pending: 3 } });
    expect((await problemIn(await producer.post(`${path}/parked`, { action: 'drop' }))).errors).toEqual([
      { field: 'action', reason: 'must be resend or fail' },
    ]);
  });

  test.each([
    ['', 'state', 'must be failed, parked or stillThere'],
    ['?state=succeeded', 'state', 'must be failed, parked or stillThere'],
    ['?state=failed&limit=0', 'limit', 'must be a number from 1 to 1000'],
    ['?state=failed&limit=1001', 'limit', 'must be a number from 1 to 1000'],
    ['?state=failed&limit=5&limit=6', 'limit', 'must be given once'],
    ['?state=failed&page=2', 'page', 'is not a known field'],
  ])('refuses the query %j for its items', async (query, field, reason) => {
    const response = await producer.fetch(`${path}/items${query}`);
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ field, reason }] });
  });

  test.each([
    ['hold', {}],
    ['retry', { reason: 'mended' }],
    ['parked', { action: 'fail' }],
    ['/v1/stop', { kind: 'deletion', reason: 'x' }],
    ['/v1/start', { kind: 'deletion' }],
  ])('takes no query where it is changed: %s', async (action, body) => {
    const call = `${action.startsWith('/') ? action : `${path}/${action}`}?dryRun=true`;
    expect(await problemIn(await producer.post(call, body))).toMatchObject({
      status: 400,
      errors: [{ field: 'dryRun', reason: 'is not a known field' }],
    });
    expect([queue.kept.get(id)?.view.state, queue.stopped.size]).toEqual(['accepted', 0]);
  });

  test('is a 404 when there is none of this id, whatever is asked of it', async () => {
    const calls = [
      producer.fetch('/v1/requests/none'),
      producer.fetch('/v1/requests/none/items?state=failed'),
      ...['cancel', 'hold', 'release'].map((action) => producer.post(`/v1/requests/none/${action}`)),
      producer.post('/v1/requests/none/retry', { reason: 'mended' }),
      producer.post('/v1/requests/none/parked', { action: 'fail' }),
    ];
    for (const response of await Promise.all(calls)) {
      expect(await problemIn(response)).toMatchObject({
        status: 404,
        type: 'urn:problem-type:session-queue:unknown-request',
        detail:
          'no request has this id: it was never accepted, waits for a worker that knows its consumer (a plain BullMQ job), or its record has aged out',
      });
    }
  });

  test('the stop of all deletions needs a reason, the start may have one', async () => {
    expect((await problemIn(await producer.post('/v1/stop', { kind: 'deletion' }))).errors?.[0]?.field).toBe('reason');
    expect((await problemIn(await producer.post('/v1/stop', { reason: 'x' }))).errors?.[0]?.field).toBe('kind');
    const stopped = await producer.post('/v1/stop', { kind: 'deletion', reason: 'wrong list' });
    expect(await stopped.json()).toEqual({ kind: 'deletion', stopped: true, reason: 'wrong list' });
    expect(queue.stopped.get('deletion')).toBe('wrong list');
    const two = await producer.post('/v1/start', { kind: 'deletion', reason: 'a\nb' });
    expect((await problemIn(two)).errors?.[0]?.field).toBe('reason');
    expect(queue.stopped.size).toBe(1);
    for (const body of [{ kind: 'deletion', reason: 'mended' }, { kind: 'deletion' }]) {
      expect(await (await producer.post('/v1/start', body)).json()).toEqual({ kind: 'deletion', stopped: false });
      expect(queue.stopped.size).toBe(0);
    }
  });
});
