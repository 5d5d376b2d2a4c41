import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { certificateSchema } from '@session-queue/core/evidence';
import { leakGuard } from '@session-queue/testing';
import { certificateExample } from '../src/openapi/certificate-example.ts';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer, testCaller } from './support/test-producer.ts';

leakGuard();

let queue: MemoryQueue;
let producer: TestProducer;
beforeEach(async () => {
  queue = new MemoryQueue();
  const findCaller = (token: string) => testCaller('desk', token === 'all' ? {} : { consumers: [token] });
  producer = await startProducer({ queue, findCaller });
});
afterEach(async () => await producer.stop());

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await producer.fetch(path, { headers: { Authorization: 'Bearer all', ...headers } });
}

async function certified(change: object = {}): Promise<string> {
  const asked = await producer.post(
    '/v1/deletions',
    { sessionIds: ['private-session'] },
    { Authorization: 'Bearer all' },
  );
  const { id } = (await asked.json()) as RequestView;
  const request = { ...certificateExample.request, id, ...change };
  queue.certificates.set(id, certificateSchema.parse({ ...certificateExample, request }));
  return id;
}

describe('a certificate over HTTP', () => {
  test('is JSON as it was signed', async () => {
    const id = await certified();
    const response = await get(`/v1/requests/${id}/certificate`);
    expect(response.headers.get('content-type')).toMatch('application/json');
    expect(await response.json()).toEqual(queue.certificates.get(id));
  });

  test('is a page to print for who asks for HTML, that runs nothing and shows text as text', async () => {
    const id = await certified({ reason: 'a <b>bold</b> reason & more' });
    const response = await get(`/v1/requests/${id}/certificate`, { Accept: 'text/html' });
    expect(response.headers.get('content-type')).toMatch('text/html');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const page = await response.text();
    expect(page).toContain('a &lt;b&gt;bold&lt;/b&gt; reason &amp; more');
    expect(page).toContain('1 of 2 sessions');
    expect(page).not.toContain(certificateExample.leaves.list);
  });

  test('is refused with the reason while there is none', async () => {
    const asked = await producer.post('/v1/deletions', { sessionIds: ['one'] }, { Authorization: 'Bearer all' });
    const { id } = (await asked.json()) as RequestView;
    expect(await problemIn(await get(`/v1/requests/${id}/certificate`))).toMatchObject({ status: 409 });
    expect(await problemIn(await get(`/v1/requests/${id}/certificate/leaves`))).toMatchObject({ status: 409 });
  });

  test('of another consumer is not there', async () => {
    const id = await certified();
    const response = await get(`/v1/requests/${id}/certificate`, { Authorization: 'Bearer north' });
    expect(await problemIn(response)).toMatchObject({ status: 404 });
  });

  test('has its leaves beside it, a line each', async () => {
    const id = await certified();
    const response = await get(`/v1/requests/${id}/certificate/leaves`);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ request: id });
  });
});
