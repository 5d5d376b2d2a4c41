import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DeletionInput, Refusal, type RequestView } from '@session-queue/core';
import {
  deferred,
  eventually,
  leakGuard,
  startTcpProxy,
  type TcpProxy,
  type TestRedis,
  testRedis,
} from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const silenceMs = 250;
const key = { 'Idempotency-Key': 'k' };
const body = { sessionIds: ['a', 'b'] };
const never = async (): Promise<never> => await new Promise<never>(() => undefined);

/** Stores as slowly as a busy Redis does: `pauseMs` for every 500 items. */
class SlowQueue extends MemoryQueue {
  pauseMs = 0;
  signal: AbortSignal | undefined;

  override async deleteSessions(input: DeletionInput): Promise<RequestView> {
    this.signal = input.signal;
    return await super.deleteSessions({ ...input, sessionIds: this.slowly(input.sessionIds) });
  }

  private async *slowly(items: DeletionInput['sessionIds']): AsyncGenerator<string | readonly string[]> {
    let taken = 0;
    for await (const item of items) {
      taken += 1;
      if (taken % 500 === 0) await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
      yield item;
    }
  }
}

describe('while Redis is away', () => {
  let server: TestRedis;
  let proxy: TcpProxy;
  let queue: SlowQueue;
  let producer: TestProducer;
  let count = 0;

  beforeAll(async () => {
    server = await testRedis();
    proxy = await startTcpProxy({ target: server.url });
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });
  beforeEach(async () => {
    await proxy.set({});
    queue = new SlowQueue();
    count += 1;
    const prefix = `${server.prefix}-${count}`;
    producer = await startProducer({
      queue,
      redisUrl: proxy.url,
      prefix,
      silenceMs,
      changeMs: silenceMs,
      leaseMs: 300,
    });
  });
  afterEach(async () => {
    await proxy.set({});
    await producer.stop();
  });

  async function retryUntilAccepted(): Promise<Response> {
    return await eventually(async () => {
      const response = await producer.post('/v1/deletions', body, key);
      return response.status === 202 && response;
    });
  }

  test.each([
    ['silent', { toTarget: { hold: true } }],
    ['silent after it has understood', { toClient: { hold: true } }],
  ])('and %s, a request is a 503 in time, names its id, and its retry is safe', async (_what, faults) => {
    await proxy.set(faults);
    const startedAt = performance.now();
    const response = await producer.post('/v1/deletions', body, key);
    expect(performance.now() - startedAt).toBeLessThan(silenceMs + 500);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = await problemIn(response);
    expect(problem).toMatchObject({ status: 503, type: 'urn:problem-type:session-queue:unavailable' });
    expect(problem.instance).toBe(`/v1/requests/${problem.requestId}`);

    await proxy.set({});
    expect((await retryUntilAccepted()).status).toBe(202);
    expect(queue.kept.size).toBe(1);
  });

  test('and its connection cut, a request is a 503 at once', async () => {
    await proxy.set({ welcome: 'refuse' });
    proxy.cutAll();
    const response = await producer.post('/v1/deletions', body, key);
    expect(await problemIn(response)).toMatchObject({ status: 503, requestId: expect.any(String) });
    expect(queue.asked).toEqual([]);
  });

  test('a queue that does not answer is a 503 with the id, also without an Idempotency-Key', async () => {
    queue.before = never;
    const problem = await problemIn(await producer.post('/v1/deletions', body));
    expect(problem).toMatchObject({ status: 503, requestId: queue.asked[0] });
    expect(queue.signal?.aborted).toBe(true);
  });

  test('a request whose fate is open is found under the id of the 503', async () => {
    const gate = deferred();
    queue.before = async () => await gate.promise;
    const problem = await problemIn(await producer.post('/v1/deletions', body, key));
    gate.resolve();
    await eventually(() => queue.kept.size === 1);
    expect(await (await producer.fetch(problem.instance ?? '')).json()).toMatchObject({ id: problem.requestId });
    expect(await (await retryUntilAccepted()).json()).toMatchObject({ id: problem.requestId });
    expect(queue.kept.size).toBe(1);
  });

  test.each([
    ['application/json', JSON.stringify(body)],
    ['text/csv', 'a\nb\n'],
  ])('a request as %s that is kept after its 503 is in the log', async (type, text) => {
    const gate = deferred();
    const keep = queue.deleteSessions.bind(queue);
    queue.deleteSessions = async (input) => {
      const view = await keep(input);
      await gate.promise;
      return view;
    };
    const problem = await problemIn(await producer.post('/v1/deletions', text, { 'Content-Type': type }));
    expect(problem.status).toBe(503);
    gate.resolve();
    await producer.logEntry({ msg: 'a request was changed', change: 'create', request: problem.requestId });
  });

  describe('a change', () => {
    let id: string;
    let gate: ReturnType<typeof deferred<void>>;
    beforeEach(async () => {
      id = ((await (await producer.post('/v1/deletions', body)).json()) as { id: string }).id;
      gate = deferred();
      queue.cancel = async () => {
        await gate.promise;
        return await MemoryQueue.prototype.cancel.call(queue, id);
      };
    });

    test('whose answer is a 503 says which request it is about, and is in the log once it is done', async () => {
      const problem = await problemIn(await producer.post(`/v1/requests/${id}/cancel`));
      expect(problem).toMatchObject({ status: 503, requestId: id, instance: `/v1/requests/${id}` });
      await producer.logEntry({ msg: 'a request was put off', requestId: id });
      expect(producer.logged.join()).not.toContain('"change":"cancel"');
      gate.resolve();
      await producer.logEntry({ msg: 'a request was changed', change: 'cancel', request: id });
    });

    test('that fails after its 503 is in the log too', async () => {
      expect((await producer.post(`/v1/requests/${id}/cancel`)).status).toBe(503);
      gate.reject(new Refusal('memory_short', 'because'));
      await producer.logEntry({ msg: 'a request was put off', problem: 'memory-short', requestId: id });
    });

    test('of everything of a kind is in the log once it is done', async () => {
      queue.before = async () => await gate.promise;
      expect((await producer.post('/v1/stop', { kind: 'deletion', reason: 'x' })).status).toBe(503);
      gate.resolve();
      await producer.logEntry({ msg: 'everything of a kind was stopped', change: 'stop' });
    });
  });

  test('an answer is not held up when only the record of its key cannot be kept', async () => {
    const keep = queue.deleteSessions.bind(queue);
    queue.deleteSessions = async (input) => {
      const view = await keep(input);
      await proxy.set({ toTarget: { hold: true } });
      return view;
    };
    const response = await producer.post('/v1/deletions', body, key);
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    queue.deleteSessions = keep;
    await proxy.set({});
    expect(await (await retryUntilAccepted()).json()).toMatchObject({ id });
    expect(queue.kept.size).toBe(1);
  });

  test('a long upload that moves is not taken for silence', async () => {
    queue.pauseMs = silenceMs / 5;
    const sessionIds = Array.from({ length: 10_000 }, (_, n) => `id-${n}`);
    const startedAt = performance.now();
    const response = await producer.post('/v1/deletions', { sessionIds }, key);
    expect(performance.now() - startedAt).toBeGreaterThan(silenceMs * 2);
    expect(response.status).toBe(202);
  });

  test.each([
    ['GET', '/v1/requests/x'],
    ['GET', '/v1/requests/x/items?state=failed'],
    ['POST', '/v1/requests/x/cancel'],
    ['POST', '/v1/requests/x/hold'],
  ])('%s %s is a 503 in time', async (method, path) => {
    queue.before = never;
    const startedAt = performance.now();
    const response = await producer.fetch(path, { method });
    expect(performance.now() - startedAt).toBeLessThan(silenceMs + 500);
    expect(await problemIn(response)).toMatchObject({ status: 503 });
  });

  test('refusals of the queue keep their codes', async () => {
    const cases = [
      ['memory_short', 503, '30'],
      ['in_progress', 409, '5'],
      ['id_taken', 422, null],
    ] as const;
    for (const [code, status, retryAfter] of cases) {
      queue.before = async () => {
        throw new Refusal(code, 'because');
      };
      const response = await producer.post('/v1/deletions', body);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      expect(await problemIn(response)).toMatchObject({ status, detail: 'because' });
    }
  });
});
