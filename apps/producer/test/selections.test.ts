import { createConnection } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal, type SelectionView } from '@session-queue/core';
import { eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import type { Caller } from '../src/auth/caller.ts';
import { largeItems } from '../src/streams/stream-room.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer, testCaller } from './support/test-producer.ts';

leakGuard();

const filter = { userIds: ['private-learner'], completed: { to: '2024-01-01T00:00:00Z' } };
const key = { 'Idempotency-Key': 'private-key' };

let redis: TestRedis;
let queue: MemoryQueue;
let producer: TestProducer;
let count = 0;
beforeAll(async () => {
  redis = await testRedis();
});
afterAll(async () => await redis.stop());
beforeEach(async () => {
  count += 1;
  queue = new MemoryQueue();
  // A token is a list of consumers; without one it is for all.
  const findCaller = (token: string): Caller | undefined =>
    testCaller('desk', token === 'all' ? {} : { consumers: token.split(',') });
  const prefix = `${redis.prefix}-${count}`;
  producer = await startProducer({ queue, findCaller, redisUrl: redis.url, prefix, silenceMs: 500 });
});
afterEach(async () => await producer.stop());

const bearer = (token = 'all') => ({ Authorization: `Bearer ${token}` });

async function post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await producer.post(path, body, { ...bearer(), ...headers });
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await producer.fetch(path, { headers: { ...bearer(), ...headers } });
}

async function made(body: object = { filter }): Promise<string> {
  const response = await post('/v1/selections', body);
  return ((await response.json()) as SelectionView).id;
}

/** A selection that found these, and what somebody says who has looked at it. */
async function looked(sessionIds: readonly string[], consumer = 'default') {
  const selection = await made({ filter, consumer });
  const { digest: expectDigest, count: expectCount } = queue.becomesReady(selection, sessionIds);
  return { selection, expectDigest, expectCount };
}

describe('a selection over HTTP', () => {
  test('is made, says where it is, and shows how it goes on', async () => {
    const response = await post('/v1/selections', { filter, reason: 'retention', consumer: 'north' });
    const view = (await response.json()) as SelectionView;
    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/selections/${view.id}`]);
    const asked = { consumer: 'north', filter, reason: 'retention', requestedBy: 'desk' };
    expect(view).toMatchObject({ ...asked, state: 'walking', count: 0 });
    queue.becomes(view.id, { waiting: { code: '429', message: 'over the quota' } });
    const waiting = await (await get(`/v1/selections/${view.id}`)).json();
    expect(waiting).toMatchObject({ ...asked, waiting: { code: '429' } });
    const ready = queue.becomesReady(view.id, ['a', 'b']);
    expect(await (await get(`/v1/selections/${view.id}`)).json()).toEqual(ready);
  });

  test('is made once under its key, whatever is asked with it a second time', async () => {
    const first = await post('/v1/selections', { filter, reason: 'x' }, key);
    const again = await post('/v1/selections', { reason: 'x', filter }, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await again.text()).toBe(await first.text());
    const status = { filter, reason: 'x', breakdown: { by: 'status' } };
    for (const other of [
      { filter: { userIds: ['b'] }, reason: 'x' },
      { filter },
      { filter, consumer: 'north' },
      status,
    ]) {
      expect(await problemIn(await post('/v1/selections', other, key))).toMatchObject({ status: 422 });
    }
    expect(queue.selections.size).toBe(1);
  });

  test('goes on under the same id after an answer that was lost', async () => {
    queue.before = async () => {
      throw new Refusal('unavailable', 'the reply was lost');
    };
    expect((await post('/v1/selections', { filter }, key)).status).toBe(503);
    queue.before = async () => {};
    const ids: string[] = [];
    for (const _ of [1, 2])
      ids.push(((await (await post('/v1/selections', { filter }, key)).json()) as SelectionView).id);
    expect([...queue.selections.keys(), ids[1]]).toEqual([ids[0], ids[0]]);
  });

  test.each<[string, object, string, string]>([
    ['no filter', {}, 'filter', 'must be an object'],
    ['a filter that selects everything', { filter: {} }, 'filter', 'must give at least one of'],
    ['a status that is none', { filter: { statuses: ['Done'] } }, 'filter.statuses.0', 'must be Incomplete'],
    [
      'a part of a second',
      { filter: { updated: { to: '2024-01-01T00:00:00.5Z' } } },
      'filter.updated.to',
      'whole second',
    ],
    ['a field that is not known', { filter, all: true }, 'all', 'is not a known field'],
    ['a breakdown by nothing', { filter, breakdown: { by: 'activityId' } }, 'breakdown.values', 'is required'],
    ['a session id that is none', { filter: { sessionIds: ['private\n'] } }, 'filter.sessionIds.0', 'control'],
  ])('is refused over %s', async (_what, body, field, reason) => {
    const response = await post('/v1/selections', body);
    const text = await response.clone().text();
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ field, reason: expect.any(String) }] });
    expect(text).toContain(reason);
    expect(text).not.toContain('private');
    expect(queue.selections.size).toBe(0);
  });

  test('takes three full lists of ids, and no body that is larger', async () => {
    const longest = (letter: string) =>
      Array.from({ length: 1_000 }, (_, n) => letter.repeat(251) + String(n).padStart(4, '0'));
    const full = { sessionIds: longest('s'), userIds: longest('u'), activityIds: longest('a') };
    expect((await post('/v1/selections', { filter: full })).status).toBe(202);
    expect((await problemIn(await post('/v1/selections', `"${'x'.repeat(1024 * 1024)}"`))).status).toBe(413);
  });

  test('ends when it is cancelled, as often as one likes', async () => {
    const id = await made();
    for (const _ of [1, 2])
      expect(await (await post(`/v1/selections/${id}/cancel`)).json()).toMatchObject({ id, state: 'cancelled' });
  });

  test('that is not there is no unknown request', async () => {
    const answers = [
      get('/v1/selections/none'),
      get('/v1/selections/none/sessions'),
      post('/v1/selections/none/cancel'),
      post('/v1/deletions', { selection: 'none', expectDigest: '0'.repeat(64), expectCount: 1 }),
    ];
    for (const answer of await Promise.all(answers)) {
      const problem = await problemIn(answer);
      expect(problem).toMatchObject({ status: 404, type: 'urn:problem-type:session-queue:unknown-selection' });
      expect(problem.detail).toContain('no selection has this id');
    }
  });

  test('is logged by who makes and cancels it, and neither its filter nor a session', async () => {
    const id = await made({ filter: { ...filter, sessionIds: ['private-session'] }, reason: 'private reason' });
    queue.becomesReady(id, ['private-session']);
    await (await get(`/v1/selections/${id}/sessions`)).text();
    await post(`/v1/selections/${id}/cancel`);
    await post('/v1/selections/private-session/cancel');
    const changes = producer.logged.map((line) => JSON.parse(line) as object).filter((entry) => 'change' in entry);
    const own = { by: 'desk', selection: id, consumer: 'default', msg: 'a selection was changed' };
    expect(changes).toEqual(['create', 'cancel'].map((change) => expect.objectContaining({ change, ...own })));
    expect(producer.logged.filter((line) => line.includes('private'))).toEqual([]);
  });
});

describe('the sessions of a selection', () => {
  const odd = ['plain-1', 'with,comma', 'say "x"', 'semi;colon', '=1+1'];

  test('come as CSV, which a deletion takes as it is', async () => {
    const { selection } = await looked(odd);
    const response = await get(`/v1/selections/${selection}/sessions`, { Accept: 'text/html, */*;q=0.1' });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const csv = await response.text();
    expect(csv.split('\n').slice(0, 4)).toEqual(['session_id', 'plain-1', '"with,comma"', '"say ""x"""']);
    const accepted = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { ...bearer(), 'Content-Type': 'text/csv' },
      body: csv,
    });
    expect(queue.kept.get(((await accepted.json()) as { id: string }).id)?.items).toEqual(odd);
  });

  test('come as NDJSON on wish, and of none there is none', async () => {
    const accept = { Accept: 'application/x-ndjson' };
    const { selection } = await looked(odd);
    const response = await get(`/v1/selections/${selection}/sessions`, accept);
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    expect(await response.text()).toBe(odd.map((id) => `${JSON.stringify(id)}\n`).join(''));
    const { selection: empty } = await looked([]);
    expect(await (await get(`/v1/selections/${empty}/sessions`, accept)).text()).toBe('');
    expect(await (await get(`/v1/selections/${empty}/sessions`)).text()).toBe('session_id\n');
  });

  test('are not told while it walks, after it has failed or was cancelled', async () => {
    const id = await made();
    for (const state of ['walking', 'failed', 'cancelled'] as const) {
      queue.becomes(id, { state });
      const problem = await problemIn(await get(`/v1/selections/${id}/sessions`));
      expect(problem).toMatchObject({ status: 409, detail: expect.stringContaining(state) });
    }
  });

  test('are a 503 while Redis is away, and cut off where it goes on the way', async () => {
    const { selection } = await looked(Array.from({ length: 2_500 }, (_, n) => `s${n}`));
    queue.before = async () => await new Promise(() => undefined);
    expect((await problemIn(await get(`/v1/selections/${selection}/sessions`))).status).toBe(503);
    let looks = 0;
    queue.before = async () => {
      looks += 1;
      if (looks > 1) throw new Refusal('unavailable', 'Redis has gone');
    };
    const response = await get(`/v1/selections/${selection}/sessions`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await producer.logEntry({ problem: 'unavailable', route: undefined })).toBeDefined();
  });

  test('are read no faster than somebody takes them, and no further once they are gone', async () => {
    const { selection } = await looked(Array.from({ length: 100_000 }, (_, n) => `${'x'.repeat(200)}${n}`));
    let pieces = 0;
    queue.before = async () => {
      pieces += 1;
    };
    const socket = createConnection(producer.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /v1/selections/${selection}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer all\r\n\r\n`);
    socket.pause();
    await eventually(() => Promise.resolve(pieces > 1 || undefined));
    let last = -1;
    // What the sockets hold between them is filled some time; then nothing moves.
    await eventually(
      async () => {
        const still = pieces === last;
        last = pieces;
        return still || undefined;
      },
      { intervalMs: 200 },
    );
    expect(last).toBeLessThan(80);
    socket.destroy();
    await producer.logEntry({ msg: 'request', route: '/v1/selections/:id/sessions' });
    expect(pieces).toBeLessThanOrEqual(last + 2);
    expect(producer.logged.filter((line) => line.includes('a request failed'))).toEqual([]);
  });

  test('have a head for whoever asks for nothing else', async () => {
    const { selection } = await looked(['a']);
    const response = await producer.fetch(`/v1/selections/${selection}/sessions`, {
      method: 'HEAD',
      headers: bearer(),
    });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('the list of selections', () => {
  async function listed(query: string, token = 'all'): Promise<{ selections: SelectionView[]; next?: string }> {
    const response = await get(`/v1/selections${query}`, bearer(token));
    expect(response.status).toBe(200);
    return (await response.json()) as { selections: SelectionView[]; next?: string };
  }

  test('is asked for by state, consumer and who asked, a page at a time', async () => {
    const ids = [];
    for (const consumer of ['north', 'south', 'north'])
      ids.push(await made({ filter, consumer, requestedBy: consumer }));
    queue.becomesReady(ids[0] ?? '', ['a']);
    const idsOf = async (query: string) => (await listed(query)).selections.map(({ id }) => id);
    expect(await idsOf('')).toEqual([ids[2], ids[1], ids[0]]);
    expect(await idsOf('?state=ready')).toEqual([ids[0]]);
    expect(await idsOf('?consumer=north&state=walking')).toEqual([ids[2]]);
    expect(await idsOf('?consumer=north&consumer=south&requestedBy=south')).toEqual([ids[1]]);
    const first = await get('/v1/selections?limit=2&consumer=north&consumer=south');
    expect(first.headers.get('link')).toBe('</v1/selections?limit=2&consumer=north&consumer=south&next=2>; rel="next"');
    expect(await idsOf('?limit=2&next=2')).toEqual([ids[0]]);
  });

  test('has for a token for some consumers theirs alone', async () => {
    const mine = await made({ filter, consumer: 'north' });
    await made({ filter, consumer: 'south' });
    for (const query of ['', '?consumer=north&consumer=south']) {
      expect((await listed(query, 'north')).selections.map(({ id }) => id)).toEqual([mine]);
    }
    expect(await listed('?consumer=south', 'north')).toEqual({ selections: [] });
  });

  test.each([
    ['?state=open', 'state'],
    ['?kind=deletion', 'kind'],
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?next=', 'next'],
    ['?since=yesterday', 'since'],
  ])('is refused with %s', async (query, field) => {
    const problem = await problemIn(await get(`/v1/selections${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ field }] });
  });
});

describe('the deletion of a selection', () => {
  test('is a request for exactly what was looked at, with its notes', async () => {
    const chosen = await looked(['a', 'b'], 'north');
    const notes = { reason: 'retention', priority: 'low', notBefore: new Date(Date.now() + 60_000).toISOString() };
    const response = await post('/v1/deletions', { ...chosen, ...notes });
    const request = (await response.json()) as { id: string };
    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/requests/${request.id}`]);
    const counts = expect.objectContaining({ total: 2, pending: 2 });
    expect(request).toMatchObject({ ...notes, kind: 'deletion', consumer: 'north', requestedBy: 'desk', counts });
    expect(queue.kept.get(request.id)?.items).toEqual(['a', 'b']);
    expect(await producer.logEntry({ change: 'create', kind: 'deletion' })).toMatchObject({ request: request.id });
  });

  test('is one request under its key, also once the selection is gone', async () => {
    const chosen = await looked(['a', 'b']);
    const first = await post('/v1/deletions', { ...chosen, reason: 'x' }, key);
    await post(`/v1/selections/${chosen.selection}/cancel`);
    const again = await post('/v1/deletions', { ...chosen, reason: 'x', priority: 'high' }, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(await again.text()).toBe(await first.text());
    const other = await problemIn(await post('/v1/deletions', { ...chosen, reason: 'y' }, key));
    expect(other).toMatchObject({ status: 422, type: expect.stringMatching(/:key-reused$/) });
    expect(queue.kept.size).toBe(1);
  });

  test('is the same request again under its key, once its selection has aged out', async () => {
    const chosen = await looked(['a', 'b'], 'north');
    const { 'Idempotency-Key': name } = key;
    const ask = async (more: object = {}, token = 'all') =>
      await post('/v1/deletions', { ...chosen, ...more }, { ...bearer(token), 'Idempotency-Key': name });
    const first = await ask();
    queue.selections.clear();
    const again = await ask();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(await again.text()).toBe(await first.text());
    expect(await problemIn(await ask({ reason: 'y' }))).toMatchObject({ status: 422 });
    for (const unknown of [ask({ selection: 'another' }), post('/v1/deletions', chosen), ask({}, 'south')]) {
      expect(await problemIn(await unknown)).toMatchObject({ type: expect.stringMatching(/:unknown-selection$/) });
    }
    expect(queue.kept.size).toBe(1);
  });

  test.each([
    ['another digest', { expectDigest: '0'.repeat(64) }],
    ['another count', { expectCount: 3 }],
  ])('is a conflict for whoever has seen %s, and leaves the key free', async (_what, wrong) => {
    const chosen = await looked(['a', 'b']);
    const problem = await problemIn(await post('/v1/deletions', { ...chosen, ...wrong }, key));
    const title = 'The state of the request or selection does not allow this';
    expect(problem).toMatchObject({ status: 409, title, detail: expect.stringContaining('2 sessions') });
    expect(queue.kept.size).toBe(0);
    expect((await post('/v1/deletions', chosen, key)).status).toBe(202);
  });

  test.each<[string, object, string]>([
    ['session ids beside it', { sessionIds: ['a'] }, 'sessionIds'],
    ['no digest', { expectDigest: undefined }, 'expectDigest'],
    ['a digest that is none', { expectDigest: 'abc' }, 'expectDigest'],
    ['no count', { expectCount: undefined }, 'expectCount'],
    ['no selection', { selection: undefined }, 'selection'],
    ['another consumer than its own', { consumer: 'south' }, 'consumer'],
    ['a field that is not known', { filter: {} }, 'filter'],
  ])('is refused over %s', async (_what, wrong, field) => {
    const chosen = await looked(['a', 'b']);
    const problem = await problemIn(await post('/v1/deletions', { ...chosen, ...wrong }));
    expect(problem).toMatchObject({ status: 400, errors: [{ field }] });
    expect(queue.kept.size).toBe(0);
  });

  test('is refused with its fields in the query', async () => {
    const problem = await problemIn(await post('/v1/deletions?selection=x', await looked(['a'])));
    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'selection' }] });
  });

  test('takes longer than Redis may be silent, as long as it moves', async () => {
    const chosen = await looked(Array.from({ length: 5_000 }, (_, n) => `s${n}`));
    queue.beforeStored = async () => await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await post('/v1/deletions', chosen)).status).toBe(202);
  });

  test('of a large one waits for its turn among large uploads', async () => {
    const chosen = await looked(Array.from({ length: largeItems + 1 }, (_, n) => `s${n}`));
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let stored = 0;
    queue.beforeStored = async () => {
      stored += 1;
      if (stored <= 2) await Promise.race([gate, new Promise((resolve) => setTimeout(resolve, 400))]);
    };
    const two = [post('/v1/deletions', chosen), post('/v1/deletions', chosen)];
    await eventually(() => Promise.resolve(stored >= 2 || undefined));
    const third = await problemIn(await post('/v1/deletions', chosen));
    expect(third).toMatchObject({ status: 503, type: expect.stringMatching(/:busy$/) });
    letGo();
    for (const answer of await Promise.all(two)) expect(answer.status).toBe(202);
    expect((await post('/v1/deletions', chosen)).status).toBe(202);
  });
});

describe('a token for some consumers', () => {
  test('selects of them alone, and sees no selection of others', async () => {
    const north = bearer('north');
    const foreign = await post('/v1/selections', { filter, consumer: 'south' }, north);
    expect(await problemIn(foreign)).toMatchObject({ status: 403, errors: [{ field: 'consumer' }] });
    expect((await post('/v1/selections', { filter, consumer: 'north' }, north)).status).toBe(202);
    const theirs = await looked(['a'], 'south');
    const calls = (id: string) => [
      get(`/v1/selections/${id}`, north),
      get(`/v1/selections/${id}/sessions`, north),
      post(`/v1/selections/${id}/cancel`, undefined, north),
      post('/v1/deletions', { ...theirs, selection: id }, north),
    ];
    const [seen, unknown] = await Promise.all(
      [theirs.selection, 'none'].map(async (id) => {
        const problems = (await Promise.all(calls(id))).map(async (answer) => await problemIn(answer));
        return await Promise.all(problems);
      }),
    );
    expect(seen).toEqual(unknown);
    for (const problem of seen ?? []) expect(problem.status).toBe(404);
    expect(queue.selections.get(theirs.selection)?.view.state).toBe('ready');
    expect(queue.kept.size).toBe(0);
  });
});
