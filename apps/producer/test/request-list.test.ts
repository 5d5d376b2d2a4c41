import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer, testCaller } from './support/test-producer.ts';

leakGuard();

interface Page {
  requests: RequestView[];
  next?: string;
}

describe('the list of requests', () => {
  let queue: MemoryQueue;
  let producer: TestProducer;
  const ids: string[] = [];

  const ask = async (path: string, body: object, createdAt: string): Promise<void> => {
    const { id } = (await (await producer.post(path, body)).json()) as RequestView;
    const kept = queue.kept.get(id);
    if (kept !== undefined) kept.view.createdAt = createdAt;
    ids.push(id);
  };
  /** The places in the order of asking, of the requests that were listed. */
  const listed = async (query: string): Promise<number[]> => {
    const page = (await (await producer.fetch(`/v1/requests${query}`)).json()) as Page;
    return page.requests.map(({ id }) => ids.indexOf(id));
  };

  beforeAll(async () => {
    queue = new MemoryQueue();
    queue.known = ['north', 'south', 'west'];
    producer = await startProducer({ queue });
    await ask(
      '/v1/deletions',
      { sessionIds: ['a'], consumer: 'north', requestedBy: 'ada' },
      '2026-01-01T00:00:00.000Z',
    );
    await ask('/v1/deletions', { sessionIds: ['b'], consumer: 'south' }, '2026-01-02T00:00:00.000Z');
    await ask('/v1/resubmissions', { submissions: ['YWJj'], consumer: 'west' }, '2026-01-03T00:00:00.000Z');
    await ask('/v1/deletions', { sessionIds: ['d'], consumer: 'north' }, '2026-01-04T00:00:00.000Z');
    await producer.post(`/v1/requests/${ids[3]}/cancel`);
  });
  afterAll(async () => await producer.stop());

  test('has the newest first, each as it is shown by itself', async () => {
    expect(await listed('')).toEqual([3, 2, 1, 0]);
    const page = (await (await producer.fetch('/v1/requests')).json()) as Page;
    expect(page.requests[0]).toEqual(await (await producer.fetch(`/v1/requests/${ids[3]}`)).json());
    expect(Object.keys(page.requests[0] ?? {}).slice(0, 5)).toEqual(['id', 'kind', 'consumer', 'state', 'counts']);
  });

  test.each([
    ['?state=cancelled', [3]],
    ['?kind=resubmission', [2]],
    ['?consumer=north', [3, 0]],
    ['?consumer=north&consumer=west', [3, 2, 0]],
    ['?consumer=nowhere', []],
    ['?requestedBy=ada', [0]],
    ['?since=2026-01-03T00:00:00Z', [3, 2]],
    ['?until=2026-01-03T01:00:00%2B01:00', [1, 0]],
    ['?kind=deletion&consumer=north&until=2026-01-02T00:00:00Z', [0]],
  ])('is narrowed by %s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  test('is read to its end by its Link headers, which keep what was asked for', async () => {
    const seen: number[] = [];
    let path: string | undefined = '/v1/requests?kind=deletion&consumer=north&consumer=south&limit=1';
    while (path !== undefined) {
      seen.push(...(await listed(path.slice('/v1/requests'.length))));
      const response: Response = await producer.fetch(path);
      const { next } = (await response.json()) as Page;
      path = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      expect(path === undefined).toBe(next === undefined);
    }
    expect(seen).toEqual([3, 1, 0]);
  });

  test.each([
    [
      '?state=done',
      'state',
      'must be one of receiving, accepted, waiting, held, processing, completed, failed, cancelled',
    ],
    [
      '?consumer=a/b',
      'consumer.0',
      'must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit',
    ],
    [`?${'consumer=a&'.repeat(51)}`, 'consumer', 'must be given at most 50 times'],
    ['?since=yesterday', 'since', 'must be a time such as 2027-01-31T08:00:00Z, with Z or an offset'],
    ['?limit=201', 'limit', 'must be a number from 1 to 200'],
    ['?limit=0', 'limit', 'must be a number from 1 to 200'],
    ['?next=1&next=2', 'next', 'must be given once'],
    ['?page=2', 'page', 'is not a known field'],
  ])('refuses %j', async (query, field, reason) => {
    const response = await producer.fetch(`/v1/requests${query}`);
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ field, reason }] });
  });

  test('has a list of consumers beside it', async () => {
    expect(await (await producer.fetch('/v1/consumers')).json()).toEqual({ consumers: ['north', 'south', 'west'] });
    expect((await producer.fetch('/v1/consumers?x=1')).status).toBe(400);
  });
});

describe('to a caller who is limited to some consumers', () => {
  let queue: MemoryQueue;
  let producer: TestProducer;

  beforeAll(async () => {
    queue = new MemoryQueue();
    queue.known = ['north', 'south', 'west'];
    producer = await startProducer({
      queue,
      findCaller: (token) => testCaller('lms', token === 'some' ? { consumers: ['north', 'west'] } : {}),
    });
    for (const consumer of queue.known) await queue.deleteSessions({ id: consumer, consumer, sessionIds: ['a'] });
  });
  afterAll(async () => await producer.stop());

  const shown = async (token: string, path: string): Promise<unknown> =>
    await (await producer.fetch(path, { headers: { Authorization: `Bearer ${token}` } })).json();

  test.each([
    ['all', '', ['west', 'south', 'north']],
    ['some', '', ['west', 'north']],
    ['some', '?consumer=south', []],
    ['some', '?consumer=south&consumer=north', ['north']],
  ])('%s: %j shows no request of others', async (token, query, expected) => {
    const { requests } = (await shown(token, `/v1/requests${query}`)) as Page;
    expect(requests.map(({ id }) => id)).toEqual(expected);
  });

  test('no other consumer is named', async () => {
    expect(await shown('all', '/v1/consumers')).toEqual({ consumers: ['north', 'south', 'west'] });
    expect(await shown('some', '/v1/consumers')).toEqual({ consumers: ['north', 'west'] });
  });
});
