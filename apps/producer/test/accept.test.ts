import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('asking for deletions and resubmissions', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue });
  });
  afterAll(async () => await producer.stop());

  test('a deletion is answered with 202, its address and where its items are', async () => {
    const sessionIds = ['a', 'b', 'a'];
    const response = await producer.post('/v1/deletions', {
      consumer: 'north',
      sessionIds,
      reason: 'asked by the learner',
      requestedBy: 'desk',
    });
    expect(response.status).toBe(202);
    const text = await response.text();
    const answer = JSON.parse(text) as { id: string; createdAt: string };
    expect(answer.id).toMatch(uuid);
    expect(response.headers.get('location')).toBe(`/v1/requests/${answer.id}`);
    expect(text).toBe(
      `{"id":"${answer.id}","kind":"deletion","consumer":"north","state":"accepted","counts":{"total":2,"duplicates":1,` +
        '"pending":2,"claimed":0,"submitted":0,"parked":0,"succeeded":0,"absent":0,"alreadyDeleted":0,' +
        '"failed":0,"cancelled":0,"resent":0},' +
        `"priority":"normal","createdAt":"${answer.createdAt}","reason":"asked by the learner","requestedBy":"desk"}`,
    );
    expect(queue.kept.get(answer.id)).toMatchObject({
      items: ['a', 'b'],
      view: { reason: 'asked by the learner', requestedBy: 'desk' },
    });
  });

  test('a resubmission goes to the default consumer when none is named', async () => {
    const response = await producer.post('/v1/resubmissions', {
      submissions: ['AAAA', 'AAA='],
      ignoreResponseRevisions: true,
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ kind: 'resubmission', consumer: 'default', counts: { total: 2 } });
  });

  test('every request gets an id of its own', async () => {
    const answers = await Promise.all(
      [1, 2].map(async () => await producer.post('/v1/deletions', { sessionIds: ['x'] })),
    );
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id));
    expect(new Set(ids).size).toBe(2);
  });

  test('a gzipped body and one with a byte order mark are read as well', async () => {
    const body = JSON.stringify({ sessionIds: ['a'] });
    const gzipped = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
    const compressed = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset="UTF-8"', 'Content-Encoding': 'gzip' },
      body: await new Response(gzipped).arrayBuffer(),
    });
    expect(compressed.status).toBe(202);
    expect((await producer.post('/v1/deletions', `\ufeff${body}`)).status).toBe(202);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (body: Buffer) => body],
  ])('a large body is read in the encoding %s', async (encoding, encode) => {
    const sessionIds = Array.from({ length: 20_000 }, (_, n) => `session-${n}-\u20ac`);
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': encoding },
      body: encode(Buffer.from(JSON.stringify({ sessionIds }))),
    });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    expect(queue.kept.get(id)?.items.join() === sessionIds.join()).toBe(true);
  });

  test('a body of exactly the limit is accepted, announced or in chunks; one of a byte more is not', async () => {
    const ids = { sessionIds: Array.from({ length: 1_000 }, (_, n) => `session-${n}`) };
    const body = JSON.stringify(ids);
    const strict = await startProducer({ queue, maxBodyBytes: body.length });
    const inChunks = async (text: string) => {
      const headers = { 'Content-Type': 'application/json' };
      const init = { method: 'POST', headers, body: new Blob([text]).stream(), duplex: 'half' } as RequestInit;
      return await strict.fetch('/v1/deletions', init);
    };
    const responses = await Promise.all([
      strict.post('/v1/deletions', body),
      inChunks(body),
      strict.post('/v1/deletions', `${body} `),
      inChunks(`${body} `),
    ]);
    await strict.stop();
    expect(responses.map(({ status }) => status)).toEqual([202, 202, 413, 413]);
  });

  test('a consumer that no worker knows is a 404 that names the field, and no consumer', async () => {
    queue.known = ['north'];
    const response = await producer.post('/v1/deletions', { sessionIds: ['a'], consumer: 'south' });
    queue.known = undefined;
    expect(response.status).toBe(404);
    expect(await problemIn(response)).toMatchObject({
      type: 'urn:problem-type:session-queue:unknown-consumer',
      detail: 'consumer: no worker has announced this consumer: GET /v1/consumers names those that there are',
      errors: [
        {
          field: 'consumer',
          reason: 'no worker has announced this consumer: GET /v1/consumers names those that there are',
        },
      ],
    });
  });

  test('a million ids go through whole', async () => {
    const large = await startProducer({ queue, maxBodyBytes: 48 * 1024 * 1024 });
    const sessionIds = Array.from(
      { length: 1_000_000 },
      (_, n) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    );
    const response = await large.post('/v1/deletions', { sessionIds });
    const answer = (await response.json()) as { id: string; counts: unknown };
    await large.stop();
    expect(response.status).toBe(202);
    expect(answer.counts).toMatchObject({ total: 1_000_000, duplicates: 0 });
    // Compared as one text: a deep comparison of a million items takes seconds.
    expect(queue.kept.get(answer.id)?.items.join() === sessionIds.join()).toBe(true);
  }, 120_000);
});
