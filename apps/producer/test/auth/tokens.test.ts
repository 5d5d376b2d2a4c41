import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from '../support/memory-queue.ts';
import { problemIn } from '../support/problem.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

describe('with API keys', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue, findKey: (token) => (token === 'tok-1' ? 'billing' : undefined) });
  });
  afterAll(async () => await producer.stop());

  test.each([
    ['no token', undefined, 'Bearer'],
    ['an unknown token', 'Bearer nope', 'Bearer error="invalid_token"'],
    ['another scheme', 'Basic tok-1', 'Bearer error="invalid_token"'],
    ['an empty token', 'Bearer ', 'Bearer error="invalid_token"'],
    ['two tokens', 'Bearer tok-1 tok-1', 'Bearer error="invalid_token"'],
  ])('%s is a 401', async (_what, authorization, challenge) => {
    for (const path of ['/v1/requests/x', '/v1/unknown']) {
      const init = authorization === undefined ? {} : { headers: { Authorization: authorization } };
      const response = await producer.fetch(path, init);
      expect(response.headers.get('www-authenticate')).toBe(challenge);
      expect((await problemIn(response)).status).toBe(401);
    }
  });

  test('nothing changes without a token', async () => {
    const calls = ['/v1/deletions', '/v1/resubmissions', '/v1/stop', '/v1/start', '/v1/requests/x/cancel'];
    const answers = await Promise.all(
      calls.map(async (path) => await producer.post(path, { kind: 'deletion', reason: 'x' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(calls.map(() => 401));
    expect(queue.stopped.size + queue.asked.length).toBe(0);
  });

  test('who asks is the service that the key is for, unless the body says', async () => {
    const headers = { Authorization: 'bearer tok-1' };
    const silent = await producer.post('/v1/deletions', { sessionIds: ['a'] }, headers);
    const said = await producer.post('/v1/deletions', { sessionIds: ['a'], requestedBy: 'ann' }, headers);
    const ids = await Promise.all([silent, said].map(async (answer) => ((await answer.json()) as { id: string }).id));
    expect(ids.map((id) => queue.kept.get(id)?.view.requestedBy)).toEqual(['billing', 'ann']);
  });

  test.each(['/healthz', '/readyz', '/openapi.json'])('%s needs none', async (path) => {
    expect((await producer.fetch(path)).status).toBe(200);
  });
});

describe('without API keys', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue });
  });
  afterAll(async () => await producer.stop());

  /** fetch sets these headers by itself. */
  async function statusFor(headers: Record<string, string>): Promise<number | undefined> {
    return await new Promise((resolve, reject) => {
      request(`${producer.url}/v1/requests/x/cancel`, { method: 'POST', headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  test.each([
    ['a program on this machine', { Host: 'localhost:3010' }, 404],
    ['one that uses IPv6', { Host: '[::1]:3010' }, 404],
    ['a name pointed at this machine', { Host: 'evil.example:3010' }, 403],
    ['a web page of another site', { Host: 'localhost:3010', Origin: 'https://evil.example' }, 403],
    ['a form of another site', { Host: 'localhost:3010', 'Sec-Fetch-Site': 'cross-site' }, 403],
  ])('%s is answered as it should', async (_who, headers, status) => {
    expect(await statusFor(headers)).toBe(status);
  });
});
