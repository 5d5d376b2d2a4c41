import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestFilter, RequestReader, SessionQueue } from '@session-queue/core/client';
import { consumerKeys, firstDeadline, judgeDeadlines } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { BothWays, refusalOf, ways } from './both-ways.ts';

leakGuard();

let both: BothWays;
beforeAll(async () => {
  both = await BothWays.start();
});
afterAll(() => both.stop());

describe.each(ways)('over %s', (way) => {
  let queue: SessionQueue & RequestReader;
  beforeEach(async () => {
    await both.redis.flushall();
    queue = both.queue(way);
  });

  /** Until the clock shows another millisecond: of two requests one is the newer then. */
  const tick = async (): Promise<unknown> => await new Promise((resolve) => setTimeout(resolve, 2));

  test('requests are listed by what is asked for, the newest first, over all pages', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const consumer = n < 3 ? 'north' : 'south';
      const { id } = await queue.deleteSessions({ sessionIds: [`s${n}`], consumer, requestedBy: `desk ${n % 2}` });
      ids.unshift(id);
      await tick();
    }
    const { id: other } = await queue.resubmit({ submissions: ['AAAA'] });
    await queue.cancel(other);
    const found = async (filter: RequestFilter): Promise<string[]> => {
      const all: string[] = [];
      for await (const { id } of queue.allRequests(filter)) all.push(id);
      return all;
    };
    expect(await found({})).toEqual([other, ...ids]);
    expect(await found({ kind: 'resubmission' })).toEqual([other]);
    expect(await found({ state: 'cancelled' })).toEqual([other]);
    expect(await found({ consumers: ['north', 'nobody'] })).toEqual(ids.slice(2));
    expect(await found({ consumers: [] })).toEqual([]);
    expect(await found({ requestedBy: 'desk 1', kind: 'deletion' })).toEqual([ids[1], ids[3]]);
    expect(await found({ until: '2026-01-01T00:00:00Z' })).toEqual([]);

    const first = await queue.listRequests({ kind: 'deletion' }, { limit: 2 });
    const second = await queue.listRequests({ kind: 'deletion' }, { limit: 200, next: first.next ?? '' });
    expect([...first.requests, ...second.requests].map(({ id }) => id)).toEqual(ids);
    for (const request of first.requests) expect(await queue.getRequest(request.id)).toEqual(request);
  });

  test('requests are listed by how they stand to their deadline, and show it', async () => {
    await both.announce('north');
    const ask = async (deadline: string) =>
      (await queue.deleteSessions({ sessionIds: [deadline], consumer: 'north', deadline })).id;
    const missed = await ask('2026-01-01T00:00:00Z');
    const atRisk = await ask(new Date(Date.now() + 60_000).toISOString());
    await ask(new Date(Date.now() + 86_400_000).toISOString());
    const keys = consumerKeys(both.redis, 'test', 'north');
    await both.redis.hincrby(`${keys.base}request:${atRisk}`, 'createdAt', -86_400_000);
    await judgeDeadlines(keys, 'deletion', firstDeadline, { calls: 5, windowMs: 5_000 });
    const found = async (deadline: 'at-risk' | 'missed') => (await queue.listRequests({ deadline })).requests;
    expect(await found('missed')).toMatchObject([{ id: missed, missed: '2026-01-01T00:00:00.000Z' }]);
    expect(await found('at-risk')).toMatchObject([{ id: atRisk, atRisk: expect.any(String) }]);
    await queue.cancel(missed);
    expect(await found('missed')).toEqual([]);
    expect(await queue.getRequest(missed)).toMatchObject({ state: 'cancelled', missed: '2026-01-01T00:00:00.000Z' });
  });

  test.each([0, 201, 1.5])('a page of %d requests is refused', async (limit) => {
    expect(await refusalOf(queue.listRequests({}, { limit }))).toMatchObject({ code: 'invalid', field: 'limit' });
  });

  test('a page from another list is refused', async () => {
    expect(await refusalOf(queue.listRequests({}, { next: 'x' }))).toMatchObject({ code: 'invalid', field: 'next' });
  });

  test('the consumers are those that workers know, by name', async () => {
    await both.announce('south', 'north');
    expect(await queue.consumers()).toEqual(['north', 'south']);
  });

  test('a long list is taken as a stream, once, whatever its source', async () => {
    const sessionIds = Array.from({ length: 12_000 }, (_, n) => `session ${n % 11_000} “ü”`);
    async function* given(): AsyncGenerator<string> {
      yield* sessionIds;
    }
    const notes = { consumer: 'north', reason: 'law & order', requestedBy: 'lms', priority: 'low' } as const;
    const accepted = await queue.deleteSessions({ id: 'long', sessionIds: given(), ...notes });
    expect(accepted).toMatchObject({ ...notes, counts: { total: 11_000, duplicates: 1_000, pending: 11_000 } });
    expect(await queue.deleteSessions({ id: 'long', sessionIds, ...notes })).toMatchObject({ id: accepted.id });
    const other = queue.deleteSessions({ id: 'long', sessionIds: sessionIds.slice(1), ...notes });
    expect(await refusalOf(other)).toMatchObject({ code: 'id_taken' });
    expect((await queue.listRequests()).requests).toHaveLength(1);
  });

  test.each([10, 12_000])('a list of %d is the same one, however else it is to be done', async (length) => {
    const sessionIds = Array.from({ length }, (_, n) => `session ${n}`);
    const first = await queue.deleteSessions({ id: 'same', sessionIds, priority: 'low' });
    const notBefore = new Date(Date.now() + 60_000).toISOString();
    const notes = { notBefore, priority: 'high', callbackUrl: 'https://lms.example/done' } as const;
    expect(await queue.deleteSessions({ id: 'same', sessionIds, ...notes })).toEqual(first);
  });

  test('a cut upload goes on whenever it is to be done', async () => {
    const sessionIds = Array.from({ length: 20_000 }, (_, n) => `session ${n}`);
    const reason = new Error('the file is gone');
    async function* cut(): AsyncGenerator<string> {
      yield* sessionIds.slice(0, 15_000);
      throw reason;
    }
    const call = { id: 'cut', resumable: true } as const;
    const moments = [60_000, 90_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const [then = '', now = ''] = moments;
    await expect(queue.deleteSessions({ ...call, sessionIds: cut(), notBefore: then })).rejects.toBe(reason);
    const view = await queue.deleteSessions({ ...call, sessionIds, notBefore: now });
    expect(view).toMatchObject({ state: 'accepted', notBefore: then, counts: { total: 20_000, duplicates: 0 } });
  });

  test('a long list whose source fails leaves nothing', async () => {
    const reason = new Error('the file is gone');
    async function* given(): AsyncGenerator<string> {
      for (let n = 0; n < 5_000; n += 1) yield `session ${n}`;
      throw reason;
    }
    await expect(queue.deleteSessions({ sessionIds: given() })).rejects.toBe(reason);
    expect((await queue.listRequests()).requests).toEqual([]);
  });

  test('a long list with a bad item is refused at its place', async () => {
    const sessionIds = [...Array.from({ length: 3_000 }, (_, n) => `session ${n}`), ''];
    const refusal = await refusalOf(queue.deleteSessions({ sessionIds }));
    expect(refusal).toMatchObject({ code: 'invalid', field: 'sessionIds[3000]' });
  });
});
