import { createConnection, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const csv = { 'Content-Type': 'text/csv' };
const ndjson = { 'Content-Type': 'application/x-ndjson' };

interface Answer {
  id: string;
  counts: { total: number };
  skipped?: number;
  skippedLines?: { line: number; reason: string }[];
}

describe('a request that comes as a stream', () => {
  let redis: TestRedis;
  let queue: MemoryQueue;
  let producer: TestProducer;
  let testCount = 0;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(async () => await redis.stop());
  beforeEach(async () => {
    testCount += 1;
    queue = new MemoryQueue();
    producer = await startProducer({ queue, redisUrl: redis.url, prefix: `${redis.prefix}-${testCount}` });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await producer.stop();
  });

  async function accepted(response: Response): Promise<Answer> {
    expect([response.status, response.headers.get('content-type')]).toEqual([202, 'application/json; charset=utf-8']);
    return (await response.json()) as Answer;
  }

  async function kept(response: Response): Promise<string[] | undefined> {
    return queue.kept.get((await accepted(response)).id)?.items;
  }

  /** Sends the head of an upload, and no end of it. */
  function begin(head: string, body: string): { socket: Socket; answer: Promise<string> } {
    const socket = createConnection(producer.port, '127.0.0.1');
    sockets.push(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      received += String(data);
    });
    const answer = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
    const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
    socket.write(`POST ${head} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    return { socket, answer };
  }

  test('may be CSV or NDJSON of ids, and NDJSON or a form of submissions', async () => {
    expect(await kept(await producer.post('/v1/deletions', 'session_id,x\na,1\nb,2\na,3\n', csv))).toEqual(['a', 'b']);
    expect(await kept(await producer.post('/v1/deletions', '"a"\n{"sessionId":"b"}', ndjson))).toEqual(['a', 'b']);
    expect(await kept(await producer.post('/v1/resubmissions', '{"submission":"AAAA"}\n', ndjson))).toEqual(['AAAA']);
    const form = new FormData();
    form.append('ignoreResponseRevisions', 'true');
    form.append('reason', 'wifi');
    form.append('files', new Blob([' BBBB\n']), 'learner.txt');
    const response = await producer.fetch('/v1/resubmissions', { method: 'POST', body: form });
    const { id } = await accepted(response);
    expect(queue.kept.get(id)).toMatchObject({ items: ['BBBB'], view: { reason: 'wifi', kind: 'resubmission' } });
  });

  test('has its notes in the query', async () => {
    const notes = 'consumer=north&reason=end%20of%20term&requestedBy=desk&priority=low&notBefore=2026-01-31T08:00:00Z';
    const { id } = await accepted(await producer.post(`/v1/deletions?${notes}`, 'a', csv));
    expect(queue.kept.get(id)?.view).toMatchObject({
      consumer: 'north',
      reason: 'end of term',
      requestedBy: 'desk',
      priority: 'low',
      notBefore: '2026-01-31T08:00:00Z',
    });
  });

  test.each([
    ['/v1/deletions?consumer=/&priority=urgent&resaon=x', csv, ['consumer', 'priority', 'resaon']],
    ['/v1/deletions?reason=a&reason=b', ndjson, ['reason']],
    ['/v1/deletions?ignoreResponseRevisions=true', csv, ['ignoreResponseRevisions']],
    ['/v1/resubmissions?onInvalid=pass&ignoreResponseRevisions=1', ndjson, ['ignoreResponseRevisions', 'onInvalid']],
    ['/v1/deletions?consumer=north', { 'Content-Type': 'application/json' }, ['consumer']],
  ])('has wrong notes named: %s', async (path, headers, fields) => {
    const problem = await problemIn(await producer.post(path, '"AAAA"', headers));
    expect(problem).toMatchObject({ status: 400, type: 'urn:problem-type:session-queue:invalid-request' });
    expect(problem.errors?.map(({ field }) => field).toSorted()).toEqual(fields);
    expect(queue.kept.size).toBe(0);
  });

  test('has no note that stands in the query and in the form', async () => {
    const form = new FormData();
    form.append('reason', 'wifi');
    form.append('files', new Blob(['AAAA']), 'learner.txt');
    const path = '/v1/resubmissions?reason=power&priority=low';
    expect(await problemIn(await producer.fetch(path, { method: 'POST', body: form }))).toMatchObject({
      status: 400,
      errors: [{ field: 'reason', reason: 'must be given once, in the query or in the form' }],
    });
    expect(queue.kept.size).toBe(0);
  });

  test.each([
    ['/v1/deletions', 'multipart/form-data; boundary=x'],
    ['/v1/deletions', 'text/csv; charset=iso-8859-1'],
    ['/v1/resubmissions', 'text/csv'],
    ['/v1/stop', 'application/x-ndjson'],
  ])('is a 415 at %s as %s', async (path, type) => {
    const response = await producer.post(path, 'a', { 'Content-Type': type });
    expect(await problemIn(response)).toMatchObject({ status: 415 });
    expect((await producer.post('/v1/deletions', 'a', { 'Content-Type': 'Text/CSV; Charset="UTF-8"' })).status).toBe(
      202,
    );
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('may be compressed as %s', async (encoding, encode) => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `session-${n}-\u20ac`);
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { ...csv, 'Content-Encoding': encoding },
      body: encode(Buffer.from(ids.join('\n'))),
    });
    expect((await kept(response))?.join() === ids.join()).toBe(true);
  });

  test('is refused for a bad line, and the answer names the first 20 and counts the others', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => (n % 1_000 === 999 ? `${n}\u0007secret` : `id-${n}`));
    const problem = await problemIn(await producer.post('/v1/deletions', lines.join('\n'), csv));
    expect(problem.detail).toBe('30 things are wrong with the input: the first 20 are named, 10 more are not.');
    expect(problem.errors).toEqual(
      Array.from({ length: 20 }, (_, n) => ({
        field: `line ${(n + 1) * 1_000}`,
        reason: 'must hold no control characters',
      })),
    );
    expect([queue.kept.size, JSON.stringify(problem) + producer.logged.join()]).toEqual([
      0,
      expect.not.stringMatching(/secret/),
    ]);
  });

  test('leaves bad lines out where that is asked for, counts and names them', async () => {
    const body = '"a"\nsecret\n"b"\n{}\n';
    const answer = await accepted(await producer.post('/v1/deletions?onInvalid=skip', body, ndjson));
    expect(answer).toMatchObject({
      counts: { total: 2 },
      skipped: 2,
      skippedLines: [
        { line: 2, reason: 'is not JSON' },
        { line: 4, reason: 'must be a string, or an object with the field sessionId' },
      ],
    });
    const form = new FormData();
    form.append('onInvalid', 'skip');
    for (const text of ['AAAA', 'no!', 'BBBB']) form.append('f', new Blob([text]), 'f');
    const skipped = await accepted(await producer.fetch('/v1/resubmissions', { method: 'POST', body: form }));
    expect(skipped).toMatchObject({ counts: { total: 2 }, skippedLines: [{ line: 2 }] });
  });

  test.each([
    ['nothing', '', '', 'body'],
    ['blank lines', '\n\n \n', '?onInvalid=skip', 'body'],
    ['the name of a column', 'session_id\n', '', 'body'],
    ['bad lines only, be they skipped', '\u0007\n', '?onInvalid=skip', 'line 1'],
  ])('is refused where it holds %s', async (_what, body, query, field) => {
    const response = await producer.post(`/v1/deletions${query}`, body, csv);
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ field }] });
    expect(queue.kept.size).toBe(0);
  });

  test('is not kept when its client is cut off, and its key is free', async () => {
    const key = 'Idempotency-Key: cut\r\nContent-Type: text/csv';
    const { socket } = begin(`/v1/deletions HTTP/1.1\r\n${key}\r\nX: `, 'a\nb\n');
    await eventually(() => queue.asked.length > 0);
    socket.destroy();
    await producer.logEntry({ msg: 'request', route: '/v1/deletions', cut: true });
    await eventually(async () => {
      const retried = await producer.post('/v1/deletions', 'c', { ...csv, 'Idempotency-Key': 'cut' });
      return retried.status === 202;
    });
    expect([...queue.kept.values()].map(({ items }) => items)).toEqual([['c']]);
  });

  test('is answered at once when it cannot be accepted, however much is still to come', async () => {
    queue.known = ['north'];
    const { socket, answer } = begin(
      '/v1/deletions HTTP/1.1\r\nContent-Type: text/csv\r\nConnection: close\r\nX: ',
      'a\nb\n',
    );
    await eventually(async () => (await producer.logEntry({ msg: 'request', status: 404 })) !== undefined);
    socket.end('0\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 404 .*:unknown-consumer/s);
  });

  test('waits for its client without a bound on silence, and for Redis with one', async () => {
    await producer.stop();
    producer = await startProducer({ queue, silenceMs: 100 });
    const { socket, answer } = begin(
      '/v1/deletions HTTP/1.1\r\nContent-Type: text/csv\r\nConnection: close\r\nX: ',
      'a\n',
    );
    await eventually(() => queue.asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.write('2\r\nb\n\r\n0\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 202 /);
    const gate = deferred();
    queue.before = async () => await gate.promise;
    expect((await problemIn(await producer.post('/v1/deletions', 'a', csv))).status).toBe(503);
    gate.resolve();
  });

  test('finds room beside 49 others, and else is a 503', async () => {
    await producer.stop();
    producer = await startProducer({ queue, roomWaitMs: 50 });
    const head = '/v1/deletions HTTP/1.1\r\nContent-Type: text/csv\r\nX: ';
    const others = Array.from({ length: 49 }, () => begin(head, 'a\n'));
    await eventually(() => queue.asked.length === 49);
    const last = begin(head, 'a\n');
    await eventually(() => queue.asked.length === 50);
    expect(await problemIn(await producer.post('/v1/deletions', 'b', csv))).toMatchObject({
      status: 503,
      type: 'urn:problem-type:session-queue:busy',
    });
    last.socket.write('0\r\n\r\n');
    await eventually(async () => (await producer.post('/v1/deletions', 'b', csv)).status === 202);
    for (const { socket } of others) socket.destroy();
  });

  describe('with an Idempotency-Key', () => {
    const key = { 'Idempotency-Key': 'k' };
    const send = async (body: string, query = '', headers = csv) =>
      await producer.post(`/v1/deletions${query}`, body, { ...headers, ...key });

    test('brings the same answer again for the same content, byte for byte', async () => {
      const first = await send('a\n\u0007\nb', '?onInvalid=skip');
      const again = await send('a\n\u0007\nb', '?onInvalid=skip');
      expect([first.status, again.status]).toEqual([202, 202]);
      expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
      expect(await again.text()).toBe(await first.text());
      expect(queue.kept.size).toBe(1);
      const changes = producer.logged.filter((line) => line.includes('a request was changed'));
      expect(changes).toHaveLength(1);
    });

    test.each([
      ['other items', 'a\nc', '', csv],
      ['fewer items', 'a', '', csv],
      ['other notes', 'a\nb', '?reason=x', csv],
      ['another way with bad lines', 'a\nb', '?onInvalid=skip', csv],
      ['another format', '"a"\n"b"', '', ndjson],
      ['JSON', '{"sessionIds":["a","b"]}', '', { 'Content-Type': 'application/json' }],
    ])('is a 422 with %s', async (_what, body, query, headers) => {
      expect((await send('a\nb')).status).toBe(202);
      expect(await problemIn(await send(body, query, headers))).toMatchObject({
        status: 422,
        type: 'urn:problem-type:session-queue:key-reused',
      });
      expect(queue.kept.size).toBe(1);
    });

    test('is free again after a refusal', async () => {
      expect((await send('a\n\u0007')).status).toBe(400);
      expect((await send('a\nc')).status).toBe(202);
    });
  });
});
