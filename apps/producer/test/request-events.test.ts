import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal, type RequestView } from '@session-queue/core';
import { deferred, eventually, leakGuard } from '@session-queue/testing';
import type { RequestEventsOptions } from '../src/events/request-events.ts';
import { type EventReader, readEvents, type StreamEvent } from './support/event-reader.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

describe('the events of a request', () => {
  let queue: MemoryQueue;
  let producer: TestProducer;
  let view: RequestView;
  let readers: EventReader[];

  const start = async (events: Omit<RequestEventsOptions, 'queue'> = {}): Promise<void> => {
    producer = await startProducer({ queue, events: { everyMs: 20, ...events } });
    const response = await producer.post('/v1/deletions', { sessionIds: ['a', 'b', 'c'] });
    const kept = queue.kept.get(((await response.json()) as { id: string }).id);
    if (kept === undefined) throw new Error('nothing was kept');
    view = kept.view;
  };
  const follow = async (): Promise<EventReader> => {
    const reader = await readEvents(`${producer.url}/v1/requests/${view.id}/events`);
    readers.push(reader);
    return reader;
  };
  const settle = (succeeded: number): void => {
    view.counts = { ...view.counts, succeeded, pending: view.counts.total - succeeded };
    view.state = view.counts.pending === 0 ? 'completed' : 'processing';
  };
  const dataOf = (event: StreamEvent | undefined): unknown => JSON.parse(event?.data ?? 'null');

  beforeEach(() => {
    queue = new MemoryQueue();
    readers = [];
  });
  afterEach(async () => {
    for (const reader of readers) await reader.leave();
    await producer.stop();
  });

  test('show it as it is, then each change, and its end; then the stream is closed', async () => {
    await start();
    const reader = await follow();
    expect(reader.response.status).toBe(200);
    expect(Object.fromEntries(reader.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(await reader.next()).toEqual({ retry: '2000' });
    const first = await reader.next();
    expect(first).toMatchObject({ event: 'progress', id: '1' });
    expect(dataOf(first)).toEqual(await (await producer.fetch(`/v1/requests/${view.id}`)).json());
    settle(1);
    const second = await reader.next();
    expect(second).toMatchObject({ event: 'progress', id: '2' });
    expect(dataOf(second)).toMatchObject({ state: 'processing', counts: { pending: 2, succeeded: 1 } });
    settle(3);
    const [third, end, ...more] = await reader.rest();
    expect(dataOf(third)).toMatchObject({ state: 'completed', counts: { succeeded: 3 } });
    expect(end).toMatchObject({ event: 'end', id: '4' });
    expect(dataOf(end)).toEqual({ why: 'finished', request: dataOf(third) });
    expect(more).toEqual([]);
  });

  test('end when only a person can go on, and say so', async () => {
    await start();
    queue.report(view.id, 'parked', [{ item: 'a', code: 'unknown_outcome', message: 'no answer' }]);
    const reader = await follow();
    expect(dataOf(await reader.nextOf('progress'))).toMatchObject({ counts: { parked: 1, pending: 2 } });
    view.counts = { ...view.counts, pending: 0, succeeded: 2 };
    expect(dataOf(await reader.nextOf('end'))).toMatchObject({ why: 'parked', request: { counts: { parked: 1 } } });
    expect(await reader.rest()).toEqual([]);
  });

  test('of one that is finished are one look and the end, and those of one that ages out end', async () => {
    await start();
    const watching = await follow();
    await watching.nextOf('progress');
    queue.kept.delete(view.id);
    expect(dataOf(await watching.nextOf('end'))).toEqual({ why: 'aged-out' });
    queue.kept.set(view.id, { view, items: [], reports: { failed: [], parked: [] } });
    settle(3);
    const late = await follow();
    expect((await late.rest()).map(({ event }) => event)).toEqual([undefined, 'progress', 'end']);
  });

  test('are a 404 when there is none of this id, a 400 with a query, and a 503 while Redis is away', async () => {
    await start();
    expect((await problemIn(await producer.fetch('/v1/requests/none/events'))).status).toBe(404);
    expect((await problemIn(await producer.fetch(`/v1/requests/${view.id}/events?x=1`))).status).toBe(400);
    const head = await producer.fetch(`/v1/requests/${view.id}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    queue.before = async () => await Promise.reject(new Refusal('unavailable', 'Redis does not answer'));
    expect((await problemIn(await producer.fetch(`/v1/requests/${view.id}/events`))).status).toBe(503);
  });

  test('cost one look at a time, however many follow', async () => {
    await start({ everyMs: 200 });
    const all = await Promise.all(Array.from({ length: 8 }, follow));
    await Promise.all(all.map((reader) => reader.nextOf('progress')));
    let looks = 0;
    const gate = deferred<void>();
    queue.before = async () => {
      looks += 1;
      await gate.promise;
    };
    await eventually(() => looks > 0);
    settle(1);
    gate.resolve();
    await Promise.all(all.map((reader) => reader.nextOf('progress')));
    expect(looks).toBeLessThanOrEqual(2);
  });

  test('go on after Redis was away', async () => {
    await start();
    const reader = await follow();
    await reader.nextOf('progress');
    queue.before = async () => await Promise.reject(new Refusal('unavailable', 'Redis does not answer'));
    expect(await reader.next()).toEqual({ comment: 'redis is away' });
    settle(2);
    queue.before = async () => undefined;
    expect(dataOf(await reader.next())).toMatchObject({ counts: { succeeded: 2 } });
  });

  test('say now and then that they are there', async () => {
    await start({ beatMs: 30 });
    const reader = await follow();
    await reader.nextOf('progress');
    expect(await reader.next()).toEqual({ comment: 'still here' });
    expect(await reader.next()).toEqual({ comment: 'still here' });
  });

  test('are followed by so many at most; whoever leaves makes room, and is looked after no more', async () => {
    await start({ maxStreams: 2 });
    const [one] = [await follow(), await follow()];
    const refused = await producer.fetch(`/v1/requests/${view.id}/events`);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect((await problemIn(refused)).type).toBe('urn:problem-type:session-queue:busy');
    await one?.leave();
    await eventually(async () => (await follow()).response.status === 200);
  });

  test('end at once when the producer stops, so that clients connect again elsewhere', async () => {
    await start();
    const reader = await follow();
    await reader.nextOf('progress');
    await producer.stop();
    expect(await reader.rest()).toEqual([]);
  });

  test('end after some minutes without the event `end`, and whoever may still read connects again', async () => {
    let isKnown = true;
    producer = await startProducer({
      queue,
      events: { everyMs: 20, lastMs: 100 },
      findKey: () => (isKnown ? 'desk' : undefined),
    });
    const headers = { Authorization: 'Bearer t' };
    const { id } = await queue.deleteSessions({ sessionIds: ['a'] });
    const first = await producer.fetch(`/v1/requests/${id}/events`, { headers });
    expect(await first.text()).toMatch(/^retry: 2000\n\nevent: progress\n[^\n]*\n[^\n]*\n\n$/);
    expect((await producer.fetch(`/v1/requests/${id}/events`, { headers, method: 'HEAD' })).status).toBe(200);
    isKnown = false;
    expect((await problemIn(await producer.fetch(`/v1/requests/${id}/events`, { headers }))).status).toBe(401);
  });

  test('are cut for a client that does not read them', async () => {
    await start({ everyMs: 1 });
    let looks = 0;
    queue.before = async () => {
      looks += 1;
      view.error = `${looks}${'x'.repeat(1024 * 1024)}`;
    };
    const socket = connect({ port: producer.port, host: '127.0.0.1' });
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(`GET /v1/requests/${view.id}/events HTTP/1.1\r\nHost: 127.0.0.1:${producer.port}\r\n\r\n`);
    const entry = await producer.logEntry({ route: '/v1/requests/:id/events' });
    expect(entry).toMatchObject({ status: 200, cut: true });
    const seen = looks;
    await (await producer.fetch(`/v1/requests/${view.id}`)).arrayBuffer();
    expect(looks).toBe(seen + 1);
    socket.destroy();
  });
});
