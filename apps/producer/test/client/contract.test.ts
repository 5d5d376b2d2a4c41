import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestReader, RequestView, SessionQueue } from '@session-queue/core/client';
import { leakGuard } from '@session-queue/testing';
import { BothWays, refusalOf, ways } from './both-ways.ts';

leakGuard();

let both: BothWays;
beforeAll(async () => {
  both = await BothWays.start();
});
afterAll(() => both.stop());

describe.each(ways)('the same asked over %s', (way) => {
  let queue: SessionQueue & RequestReader;
  let name: string;
  let count = 0;
  beforeEach(async () => {
    await both.redis.flushall();
    queue = both.queue(way);
    count += 1;
    name = `${way}-${count}`;
  });

  test('makes a request with its notes, and shows it the same at once and later', async () => {
    const notes = {
      consumer: 'north',
      reason: 'law',
      requestedBy: 'lms',
      priority: 'high',
      notBefore: new Date(Date.now() + 60_000).toISOString(),
      deadline: new Date(Date.now() + 86_400_000).toISOString(),
      callbackUrl: 'https://lms.example/done',
    } as const;
    const accepted = await queue.deleteSessions({ id: name, sessionIds: ['a', 'b', 'a'], ...notes });
    expect(accepted).toMatchObject({ ...notes, kind: 'deletion', state: 'accepted' });
    expect(accepted.counts).toMatchObject({ total: 2, duplicates: 1, pending: 2 });
    expect(await queue.getRequest(accepted.id)).toEqual(accepted);
  });

  test('takes items from generators, also asynchronous ones, and submissions', async () => {
    async function* given(): AsyncGenerator<string> {
      yield* ['AAAA', 'AAA='];
    }
    const accepted = await queue.resubmit({ submissions: given(), ignoreResponseRevisions: true });
    expect(accepted).toMatchObject({ kind: 'resubmission', consumer: 'default', counts: { total: 2 } });
  });

  test('with the same id is the same request, and with other items none', async () => {
    const first = await queue.deleteSessions({ id: name, sessionIds: ['a', 'b'] });
    await queue.hold(first.id);
    const again = await queue.deleteSessions({ id: name, sessionIds: ['a', 'b'] });
    expect(again).toMatchObject({ id: first.id, state: 'held', createdAt: first.createdAt });
    const other = await refusalOf(queue.deleteSessions({ id: name, sessionIds: ['a', 'c'] }));
    expect(other.code).toBe('id_taken');
  });

  test('ends with the error of a source that fails, and leaves nothing', async () => {
    const reason = new Error('the file is gone');
    function* given(): Generator<string> {
      yield 'a';
      throw reason;
    }
    await expect(queue.deleteSessions({ sessionIds: given() })).rejects.toBe(reason);
    await expect(queue.resubmit({ submissions: given(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test.each<[string, object, object]>([
    ['an item that is none', { sessionIds: ['a', 7] }, { code: 'invalid', field: 'sessionIds[1]' }],
    ['no items', { sessionIds: [] }, { code: 'invalid', field: 'sessionIds' }],
    ['no list', { sessionIds: 'a' }, { code: 'invalid', field: 'sessionIds', message: 'must be a list' }],
    ['a reason that is none', { sessionIds: ['a'], reason: '' }, { code: 'invalid', field: 'reason' }],
    ['a moment that is none', { sessionIds: ['a'], notBefore: 'soon' }, { code: 'invalid', field: 'notBefore' }],
    ['a deadline that is none', { sessionIds: ['a'], deadline: '2031-01-31' }, { code: 'invalid', field: 'deadline' }],
    [
      'a deadline that is too far',
      { sessionIds: ['a'], deadline: '2099-01-31T08:00:00Z' },
      { code: 'invalid', field: 'deadline', message: 'must be within ten years from now' },
    ],
    ['a priority that is none', { sessionIds: ['a'], priority: 'now' }, { code: 'invalid', field: 'priority' }],
    ['an unknown consumer', { sessionIds: ['a'], consumer: 'south' }, { code: 'unknown_consumer', field: 'consumer' }],
  ])('is refused over %s', async (_what, input, refusal) => {
    await both.announce('north', 'default');
    expect(await refusalOf(queue.deleteSessions(input as { sessionIds: string[] }))).toMatchObject(refusal);
  });

  test('is held, released and cancelled, each as often as one likes', async () => {
    const { id } = await queue.deleteSessions({ sessionIds: ['a', 'b'] });
    for (const _ of [1, 2]) expect(await queue.hold(id)).toMatchObject({ id, state: 'held' });
    for (const _ of [1, 2]) expect(['accepted', 'processing']).toContain((await queue.release(id)).state);
    for (const _ of [1, 2])
      expect(await queue.cancel(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 2 } });
    expect(await refusalOf(queue.hold(id))).toMatchObject({ code: 'conflict' });
    expect((await refusalOf(queue.hold(id))).message).toBe('this request is cancelled: it cannot be held');
  });

  test('tells of failed items page by page, and retries them with the reason', async () => {
    const sessionIds = Array.from({ length: 7 }, (_, n) => `session ${n}`);
    const { id } = await queue.deleteSessions({ sessionIds });
    await both.settle(id, 'deletion', 'failed', '20001', 'not deletable');
    const page = await queue.listItems(id, 'failed', { limit: 5 });
    expect(page).toMatchObject({ items: Array(5).fill({ code: '20001', message: 'not deletable' }), next: '5' });
    const all: string[] = [];
    for await (const { item } of queue.allItems(id, 'failed')) all.push(item);
    expect(all.sort()).toEqual(sessionIds);
    expect(await refusalOf(queue.retryFailed(id, { reason: '' }))).toMatchObject({ code: 'invalid', field: 'reason' });
    const retried = await queue.retryFailed(id, { reason: 'mended' });
    expect(retried).toMatchObject({ state: 'processing', counts: { pending: 7, failed: 0 } });
    expect(retried.retried).toMatchObject({ reason: 'mended' });
  });

  test('decides about parked items', async () => {
    const { id } = await queue.resubmit({ submissions: ['AAAA'] });
    await both.settle(id, 'resubmission', 'parked', 'unknown', 'no answer');
    expect(await queue.listItems(id, 'parked')).toMatchObject({ items: [{ item: 'AAAA', code: 'unknown' }] });
    expect((await queue.resolveParked(id, 'fail')).counts).toMatchObject({ parked: 0, failed: 1 });
    expect(await refusalOf(queue.resolveParked(id, 'fail'))).toMatchObject({ code: 'conflict' });
  });

  test('knows no request that is not there', async () => {
    expect(await queue.getRequest('nobody')).toBeUndefined();
    for (const call of [
      () => queue.cancel('nobody'),
      () => queue.listItems('nobody', 'failed'),
      () => queue.retryFailed('nobody', { reason: 'why not' }),
      () => queue.resolveParked('nobody', 'resend'),
      () => queue.waitUntilFinished('nobody'),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ code: 'not_found' });
    }
  });

  test.each(['', 'x'.repeat(501), 'a\nb'])('is not stopped for a reason that is none', async (reason) => {
    const refusal = await refusalOf(queue.stopKind('deletion', reason));
    expect(refusal).toMatchObject({ code: 'invalid', field: 'reason' });
    const { id } = await queue.deleteSessions({ sessionIds: ['a'] });
    expect(await queue.getRequest(id)).not.toHaveProperty('allStopped');
  });

  test('stops and starts a kind', async () => {
    const { id } = await queue.deleteSessions({ sessionIds: ['a'] });
    await queue.stopKind('deletion', 'wrong list');
    expect(await queue.getRequest(id)).toMatchObject({ allStopped: 'wrong list' });
    await queue.startKind('deletion');
    expect(await queue.getRequest(id)).not.toHaveProperty('allStopped');
  });

  test('is watched from change to change, up to its end', async () => {
    const { id } = await queue.deleteSessions({ sessionIds: ['a', 'b'] });
    const seen: string[] = [];
    for await (const request of queue.watchRequest(id, { pollMs: 5 })) {
      seen.push(request.state);
      if (request.state === 'accepted') await queue.hold(id);
      else if (request.state === 'held') await queue.cancel(id);
    }
    expect(seen).toEqual(['accepted', 'held', 'cancelled']);
  });

  test('is waited for, with a word on the way', async () => {
    const { id } = await queue.deleteSessions({ sessionIds: ['a'] });
    const progress: RequestView[] = [];
    const ended = await queue.waitUntilFinished(id, {
      pollMs: 5,
      onProgress: (request) => {
        if (progress.length === 0) void both.settle(id, 'deletion', 'succeeded');
        progress.push(request);
      },
    });
    expect(ended).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
    expect(progress[0]).toMatchObject({ state: 'accepted' });
    expect(progress.at(-1)).toEqual(ended);
  });

  test('is no longer waited for once the signal says so', async () => {
    const { id } = await queue.deleteSessions({ sessionIds: ['a'] });
    const abort = new AbortController();
    const reason = new Error('enough');
    const waiting = queue.waitUntilFinished(id, { signal: abort.signal, onProgress: () => abort.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
    await expect(queue.waitUntilFinished(id, { signal: abort.signal })).rejects.toBe(reason);
  });
});
