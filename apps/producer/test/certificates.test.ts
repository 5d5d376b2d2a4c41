import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { certificateSchema } from '@session-queue/core/evidence';
import { leakGuard } from '@session-queue/testing';
import { certificatePage } from '../src/certificates/certificate-page.ts';
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

const { firstSent: _, ...unsentTimes } = certificateExample.times;
const { counts, request } = certificateExample;
const unsent = { times: unsentTimes, gone: { ...certificateExample.gone, count: 2 } };
const none = { times: unsentTimes, gone: { ...certificateExample.gone, count: 0 } };

describe('the page of a certificate says', () => {
  const pageOf = (change: object) => certificatePage(certificateSchema.parse({ ...certificateExample, ...change }));

  test('that nothing was sent where all was deleted before', () => {
    const page = pageOf({ ...unsent, counts: { ...counts, succeeded: 2, alreadyDeleted: 2, failed: 0 } });
    expect(page).toContain(
      '<b>all 2 sessions</b> of this request had been deleted before, by another request: nothing',
    );
    expect(page).not.toContain('Learnosity reports');
    expect(page).not.toContain('after its report');
  });

  test('how many were deleted before, beside those that Learnosity reports', () => {
    const gone = { ...certificateExample.gone, count: 2 };
    const page = pageOf({ gone, counts: { ...counts, succeeded: 2, alreadyDeleted: 1, failed: 0 } });
    expect(page).toContain('reports <b>1 of 2 sessions</b> of this request as deleted; 1 more had been deleted before');
    expect(page).toContain('Learnosity was not asked again after its report');
  });

  test('that a request was revoked, by whom and why', () => {
    const revoked = { at: certificateExample.times.ended, by: 'grace', reason: 'not <yet>' };
    const cancelled = { ...counts, succeeded: 0, failed: 0, cancelled: 2 };
    const page = pageOf({ ...none, state: 'cancelled', counts: cancelled, request: { ...request, revoked } });
    expect(page).toContain('This request was revoked before anything was sent');
    expect(page).toContain('2027-01-31 08:00:09 UTC by grace, before anything was sent: not &lt;yet&gt;');
    expect(page).not.toContain('Learnosity reports');
  });

  test('that nothing was sent of what failed or was cancelled before', () => {
    const page = pageOf({ ...none, counts: { ...counts, succeeded: 0, failed: 2 } });
    expect(page).toContain(
      'Nothing was sent to Learnosity: <b class="part">no session</b> of this request was deleted',
    );
  });

  test('why sessions failed, who approved when and why, and by when it was due', () => {
    const page = pageOf({
      failures: [{ code: 'legal_hold', sessions: 1 }],
      request: {
        ...request,
        approvedBy: ['grace'],
        approvedAt: certificateExample.times.accepted,
        approvalReason: 'as <agreed>',
      },
      times: { ...certificateExample.times, deadline: '2027-02-28T00:00:00.000Z' },
    });
    expect(page).toContain('Of these legal_hold</th><td>1: The session is under a legal hold');
    expect(page).toMatch(/Approved by<\/th><td>grace, 2027-\d\d-\d\d [\d:]{8} UTC: as &lt;agreed&gt;/);
    expect(page).toContain('Due by</th><td>2027-02-28 00:00:00 UTC');
  });

  test('in the words of the request what was verified, and what could not be', () => {
    const gone = { ...certificateExample.gone, count: 5 };
    const verification = { at: certificateExample.times.ended, checked: 3, present: 1 };
    const page = pageOf({ gone, counts: { ...counts, total: 5, succeeded: 5, failed: 0 }, verification });
    expect(page).toContain('Verified</th><td>2: ');
    expect(page).toContain('Still there</th><td>1');
    expect(page).toContain('Unverifiable</th><td>2: ');
  });
});

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
