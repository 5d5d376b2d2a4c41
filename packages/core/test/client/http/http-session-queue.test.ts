import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { HttpSessionQueue, type HttpSessionQueueOptions, Refusal, type Setback } from '../../../src/client/index.ts';
import { problem, StandIn, shown } from './stand-in.ts';

leakGuard();

let producer: StandIn;
beforeAll(async () => {
  producer = await StandIn.start();
});
afterAll(() => producer.stop());
beforeEach(() => producer.reset());

const pauses: number[] = [];
const setbacks: Setback[] = [];

/** A queue whose waits are noted, and not waited. */
function open(options: Partial<HttpSessionQueueOptions> = {}): HttpSessionQueue {
  pauses.length = 0;
  setbacks.length = 0;
  return new HttpSessionQueue({
    url: producer.url,
    onSetback: (setback) => void setbacks.push(setback),
    pause: async (ms) => void pauses.push(ms),
    ...options,
  });
}

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error;
  throw new Error('this was not refused', { cause: error });
}

function sent(n: number): { key: unknown; body: string; type: unknown; url: string } {
  const arrival = producer.arrivals[n];
  if (arrival === undefined) throw new Error(`no call ${n}`);
  const { headers, body, url } = arrival;
  return { key: headers['idempotency-key'], body, type: headers['content-type'], url };
}

describe('a request that is no longer waited for', () => {
  test('is not asked for again, nor paused for', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    producer.answers(problem('unavailable', 503));
    let paused: AbortSignal | undefined;
    const pause = async (_ms: number, signal: AbortSignal | undefined): Promise<void> => {
      paused = signal;
      abort.abort(reason);
      signal?.throwIfAborted();
    };
    await expect(open({ pause }).waitUntilFinished('r-1', { signal: abort.signal })).rejects.toBe(reason);
    expect(paused).toBe(abort.signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(producer.arrivals).toHaveLength(1);
  });

  test('lets go of a look that is under way', async () => {
    const abort = new AbortController();
    const closed = new Promise<void>((resolve) => {
      producer.handle = (request) => {
        request.socket.once('close', () => resolve());
        abort.abort(new Error('enough'));
      };
    });
    await expect(open().waitUntilFinished('r-1', { signal: abort.signal })).rejects.toThrow('enough');
    await closed;
  });
});

describe('a request over HTTP', () => {
  test('goes with its notes, the token and a key', async () => {
    producer.answers({ status: 202, body: shown() });
    const queue = open({ url: `${producer.url}/session-queue/`, token: 'secret' });
    const notes = { consumer: 'north', reason: 'law', requestedBy: 'lms', priority: 'high' } as const;
    expect(await queue.deleteSessions({ id: 'my-1', sessionIds: ['a', 'b'], ...notes })).toEqual(shown());
    expect(sent(0)).toMatchObject({ key: 'my-1', type: 'application/json', url: '/session-queue/v1/deletions' });
    expect(JSON.parse(sent(0).body)).toEqual({ ...notes, sessionIds: ['a', 'b'] });
    expect(producer.arrivals[0]?.headers.authorization).toBe('Bearer secret');
  });

  test('goes out again with the same key and body while the producer is away, after the waits that it names', async () => {
    producer.answers('cut', problem('busy', 503, { retryAfter: 7 }), problem('in-progress', 409), {
      status: 202,
      body: shown(),
    });
    await open().deleteSessions({ sessionIds: new Set(['a']) });
    expect(producer.arrivals).toHaveLength(4);
    expect(new Set(producer.arrivals.map((_, n) => JSON.stringify(sent(n)))).size).toBe(1);
    expect(sent(0).key).toMatch(/^[0-9a-f-]{36}$/);
    expect(pauses).toEqual([1_000, 7_000, 4_000]);
    expect(setbacks.map(({ refusal, waitMs }) => [refusal.code, waitMs])).toEqual([
      ['unavailable', 1_000],
      ['busy', 7_000],
      ['in_progress', 4_000],
    ]);
  });

  test('is given up once the waits come to more than the patience', async () => {
    producer.answers(problem('unavailable', 503, { retryAfter: 5, detail: 'Redis is away', requestId: 'r-9' }));
    const refusal = await refusalOf(open({ patienceMs: 12_000 }).deleteSessions({ sessionIds: ['a'] }));
    expect(refusal).toMatchObject({
      code: 'unavailable',
      message: 'Redis is away',
      retryAfterMs: 5_000,
      requestId: 'r-9',
    });
    expect(producer.arrivals).toHaveLength(3);
  });

  test('is shown as it is now when the same was asked before', async () => {
    const now = shown({ state: 'processing' });
    producer.answers(
      { status: 202, headers: { 'idempotent-replayed': 'true' }, body: shown() },
      { status: 200, body: now },
    );
    const replayed: string[] = [];
    const queue = open({ onReplayed: (id) => void replayed.push(id) });
    expect(await queue.deleteSessions({ id: 'same', sessionIds: ['a'] })).toEqual(now);
    expect(replayed).toEqual(['r-1']);
  });

  test('is shown as it was then to a token that may not look', async () => {
    producer.answers(
      { status: 202, headers: { 'idempotent-replayed': 'true' }, body: shown() },
      problem('forbidden', 403),
    );
    expect(await open().deleteSessions({ id: 'same', sessionIds: ['a'] })).toEqual(shown());
  });

  test.each<[string, object, string]>([
    ['an item that is none', { sessionIds: ['a', ''] }, 'sessionIds[1]'],
    ['no list', { sessionIds: 'abc' }, 'sessionIds'],
    ['a consumer that is no name', { sessionIds: ['a'], consumer: 'a b' }, 'consumer'],
    ['an id that is no key', { sessionIds: ['a'], id: 'ä' }, 'id'],
  ])('is refused before anything is sent over %s', async (_what, input, field) => {
    const refusal = await refusalOf(open().deleteSessions(input as { sessionIds: string[] }));
    expect(refusal).toMatchObject({ code: 'invalid', field });
    expect(producer.arrivals).toHaveLength(0);
  });

  test('ends with the signal, also between two attempts', async () => {
    producer.answers(problem('unavailable', 503));
    const abort = new AbortController();
    const reason = new Error('enough');
    const queue = open({
      pause: async (_ms, signal) => {
        abort.abort(reason);
        signal?.throwIfAborted();
      },
    });
    await expect(queue.deleteSessions({ sessionIds: ['a'], signal: abort.signal })).rejects.toBe(reason);
    await expect(queue.deleteSessions({ sessionIds: ['a'], signal: abort.signal })).rejects.toBe(reason);
    expect(producer.arrivals).toHaveLength(1);
  });
});

describe('an answer', () => {
  test.each<[string, number, string]>([
    ['invalid-request', 400, 'invalid'],
    ['unauthorized', 401, 'unauthorized'],
    ['missing-scope', 403, 'forbidden'],
    ['unknown-request', 404, 'not_found'],
    ['unknown-consumer', 404, 'unknown_consumer'],
    ['conflict', 409, 'conflict'],
    ['in-progress', 409, 'in_progress'],
    ['too-large', 413, 'too_large'],
    ['key-reused', 422, 'id_taken'],
    ['rate-limited', 429, 'rate_limited'],
    ['internal', 500, 'unavailable'],
    ['memory-short', 503, 'memory_short'],
    ['of-a-later-version', 409, 'conflict'],
  ])('of the type %s is a refusal with its code', async (type, status, code) => {
    producer.answers(problem(type, status));
    const queue = open({ patienceMs: 0 });
    expect(await refusalOf(queue.cancel('r-1'))).toMatchObject({ code, message: type });
  });

  test('names the one field that is wrong apart from the reason, and all of them where there are more', async () => {
    const queue = open();
    const errors = [{ field: 'limit', reason: 'must be less' }];
    producer.answers(problem('invalid-request', 400, { detail: 'limit: must be less.', errors }));
    const one = await refusalOf(queue.listRequests({ state: 'failed' }));
    expect(one).toMatchObject({ field: 'limit', message: 'must be less', faults: errors });
    const two = [...errors, { field: 'next', reason: 'is not from this list' }];
    producer.answers(problem('invalid-request', 400, { detail: '2 things are wrong.', errors: two }));
    const both = await refusalOf(queue.listRequests());
    expect(both).toMatchObject({ field: 'limit', message: '2 things are wrong.', faults: two });
  });

  test('that is not the producer’s is refused as one of something else', async () => {
    producer.answers({ body: '<html>sign in</html>' });
    expect(await refusalOf(open().getRequest('r-1'))).toMatchObject({ code: 'invalid', field: 'url' });
    producer.answers({ status: 404, body: 'nothing' });
    expect(await refusalOf(open().getRequest('r-1'))).toMatchObject({ code: 'invalid' });
    producer.answers({ status: 302, headers: { location: '/' }, body: '' });
    expect(await refusalOf(open({ patienceMs: 0 }).getRequest('r-1'))).toMatchObject({ code: 'unavailable' });
  });

  test('that does not come is not waited for without end', async () => {
    producer.answers('silence');
    const refusal = await refusalOf(open({ timeoutMs: 50, patienceMs: 0 }).getRequest('r-1'));
    expect(refusal).toMatchObject({ code: 'unavailable', cause: expect.any(Error) });
  });

  test.each<[string, (queue: HttpSessionQueue) => Promise<unknown>]>([
    ['a decision about parked items', (queue) => queue.resolveParked('r-1', 'resend')],
    ['a retry', (queue) => queue.retryFailed('r-1', { reason: 'mended' })],
  ])('to %s is not asked for twice', async (_what, call) => {
    producer.answers('cut');
    expect(await refusalOf(call(open()))).toMatchObject({ code: 'unavailable' });
    expect(producer.arrivals).toHaveLength(1);
  });
});

describe('what is asked of a request', () => {
  test.each(['', '.', '..'])('named %j, which is a step in a path, is unknown without being sent', async (id) => {
    expect(await open().getRequest(id)).toBeUndefined();
    expect(await refusalOf(open().cancel(id))).toMatchObject({ code: 'not_found' });
    expect(producer.arrivals).toHaveLength(0);
  });

  test('goes to its address, whatever its name', async () => {
    producer.answers({ body: shown() });
    await open().hold('a/b?c#d ü');
    expect(sent(0).url).toBe('/v1/requests/a%2Fb%3Fc%23d%20%C3%BC/hold');
  });

  test('as a list goes with its filter, and asks nothing when no consumer is wanted', async () => {
    producer.answers({ body: { requests: [shown()], next: 'n' } });
    const filter = { state: 'failed', consumers: ['a', 'b'], since: '2026-01-01T00:00:00Z' } as const;
    expect(await open().listRequests(filter, { limit: 5, next: 'm' })).toEqual({ requests: [shown()], next: 'n' });
    const query = 'state=failed&since=2026-01-01T00%3A00%3A00Z&limit=5&next=m&consumer=a&consumer=b';
    expect(sent(0).url).toBe(`/v1/requests?${query}`);
    expect(await open().listRequests({ consumers: [] })).toEqual({ requests: [] });
    expect(producer.arrivals).toHaveLength(1);
  });
});
