import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const maxBodyBytes = 2 * 1024 * 1024;

describe('many large bodies at once', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeEach(async () => {
    producer = await startProducer({ queue, maxBodyBytes, roomWaitMs: 100 });
  });
  afterEach(async () => await producer.stop());

  /** Begins to send a body that fills its part of the room, and does not go on. */
  function beginLargeBody(): { end: () => void } {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': maxBodyBytes };
    const sent = request(`${producer.url}/v1/deletions`, { method: 'POST', headers, agent: false });
    sent.on('error', () => undefined);
    sent.write('{"sessionIds":["a"');
    return { end: () => void sent.destroy() };
  }

  test('do not fill the memory: who finds no room is put off, a small body is not', async () => {
    const large = Array.from({ length: 4 }, () => beginLargeBody());
    const full = JSON.stringify({ sessionIds: Array.from({ length: 150_000 }, () => 'same-id') });
    let putOff = await producer.post('/v1/deletions', full);
    while (putOff.status === 202) putOff = await producer.post('/v1/deletions', full);
    expect(putOff.headers.get('retry-after')).toBe('2');
    expect(await problemIn(putOff)).toMatchObject({ status: 503, type: 'urn:problem-type:session-queue:busy' });
    expect((await producer.post('/v1/deletions', { sessionIds: ['a'] })).status).toBe(202);

    for (const body of large) body.end();
    let response = await producer.post('/v1/deletions', full);
    while (response.status === 503) response = await producer.post('/v1/deletions', full);
    expect(response.status).toBe(202);
  });
});
