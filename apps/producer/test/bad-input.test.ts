import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

const secret = 'f00dfeed-private';

describe('bad input', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeAll(async () => {
    producer = await startProducer({ queue, maxBodyBytes: 64 * 1024 });
  });
  afterAll(async () => await producer.stop());
  afterEach(() => {
    expect(queue.asked).toEqual([]);
  });

  async function refused(path: string, body: unknown, headers?: Record<string, string>) {
    const response = await producer.post(path, body, headers);
    const text = await response.clone().text();
    expect(text).not.toContain(secret);
    return await problemIn(response);
  }

  test.each([
    [{}, 'sessionIds', 'must be a list of strings'],
    [{ sessionIds: secret }, 'sessionIds', 'must be a list of strings'],
    [{ sessionIds: { length: 1 } }, 'sessionIds', 'must be a list of strings'],
    [{ sessionIds: [] }, 'sessionIds', 'must hold at least one item'],
    [{ sessionIds: ['a', 5] }, 'sessionIds[1]', 'must be a string'],
    [{ sessionIds: [[secret]] }, 'sessionIds[0]', 'must be a string'],
    [{ sessionIds: ['a', 'b', ''] }, 'sessionIds[2]', 'must not be empty'],
    [{ sessionIds: [secret.repeat(16)] }, 'sessionIds[0]', 'must be at most 255 characters'],
    [{ sessionIds: [`${secret}\n`] }, 'sessionIds[0]', 'must hold no control characters'],
    [{ sessionIds: [`${secret}\ud800`] }, 'sessionIds[0]', 'must be well-formed Unicode'],
    [{ sessionIds: ['a'], sessions: [secret] }, 'sessions', 'is not a known field'],
    [{ sessionIds: ['a'], submissions: ['AAAA'] }, 'submissions', 'is not a known field'],
    [{ sessionIds: ['a'], reason: '' }, 'reason', 'must not be empty'],
    [{ sessionIds: ['a'], reason: `${secret}\ud800` }, 'reason', 'must be well-formed Unicode'],
    [{ sessionIds: ['a'], requestedBy: `${secret}\udc00` }, 'requestedBy', 'must be well-formed Unicode'],
    [{ sessionIds: ['a'], requestedBy: 'x'.repeat(201) }, 'requestedBy', 'must be at most 200 characters'],
    ['{"sessionIds":["a"],"__proto__":{"consumer":"x"}}', '__proto__', 'is not a known field'],
    ['{"sessionIds":["a"],"constructor":1}', 'constructor', 'is not a known field'],
    [`{"sessionIds":["a"],"${secret}":1}`, 'body', 'holds a field that is not known'],
  ])('a deletion of %j is refused by field and reason', async (body, field, reason) => {
    const problem = await refused('/v1/deletions', body);
    expect(problem).toMatchObject({ status: 400, detail: `${field}: ${reason}.`, errors: [{ field, reason }] });
    expect(problem.errors).toHaveLength(1);
  });

  test.each([
    [{ submissions: ['AAAA', `${secret}!`] }, 'submissions[1]', 'must be base64 (RFC 4648, padded)'],
    [{ submissions: [''] }, 'submissions[0]', 'must not be empty'],
    [{ submissions: ['AAAA'], ignoreResponseRevisions: 'yes' }, 'ignoreResponseRevisions', 'must be true or false'],
  ])('a resubmission of %j is refused by field and reason', async (body, field, reason) => {
    expect(await refused('/v1/resubmissions', body)).toMatchObject({ status: 400, errors: [{ field, reason }] });
  });

  test('a time that is none is one fault, and not too far away as well', async () => {
    const problem = await refused('/v1/deletions', { sessionIds: ['a'], notBefore: 'tomorrow' });
    expect(problem.errors).toEqual([
      { field: 'notBefore', reason: 'must be a time such as 2027-01-31T08:00:00Z, with Z or an offset' },
    ]);
  });

  test.each([
    ['deletions', 'reason=x', 'reason', 'stands in the body where that is JSON'],
    [
      'resubmissions',
      'ignoreResponseRevisions=true',
      'ignoreResponseRevisions',
      'stands in the body where that is JSON',
    ],
    ['deletions', 'onInvalid=skip', 'onInvalid', 'is for streams, and this body is JSON'],
    ['deletions', 'ignoreResponseRevisions=true', 'ignoreResponseRevisions', 'is not a known field'],
  ])('a query beside JSON says where it belongs: %s?%s', async (kind, query, field, reason) => {
    const body = kind === 'deletions' ? { sessionIds: ['a'] } : { submissions: ['AAAA'] };
    expect((await refused(`/v1/${kind}?${query}`, body)).errors).toEqual([{ field, reason }]);
  });

  test('every fault is found at once: 20 are named, the others counted', async () => {
    const sessionIds = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? 7 : 'good'));
    const problem = await refused('/v1/deletions', { sessionIds, consumer: '-', extra: secret });
    expect(problem.errors).toHaveLength(20);
    expect(problem.errors?.map((fault) => fault.field)).toEqual([
      'consumer',
      'extra',
      ...Array.from({ length: 18 }, (_, n) => `sessionIds[${n * 2}]`),
    ]);
    expect(problem.detail).toBe('27 things are wrong with the input: the first 20 are named, 7 more are not.');
  });

  test('a reason to stop that holds half a character is refused', async () => {
    const problem = await refused('/v1/stop', { kind: 'deletion', reason: `${secret}\ud800` });
    expect(problem).toMatchObject({
      status: 400,
      errors: [{ field: 'reason', reason: 'must be well-formed Unicode' }],
    });
  });

  test.each([['[]'], ['5'], ['null'], ['"x"']])('a body that is %s is no request', async (body) => {
    expect(await refused('/v1/deletions', body)).toMatchObject({ status: 400, errors: [{ field: 'body' }] });
  });

  test('malformed JSON is refused with line, column and byte, and nothing of its text', async () => {
    const problem = await refused('/v1/deletions', `{\n  "sessionIds": ["é", ${secret}]\n}`);
    expect(problem).toMatchObject({
      status: 400,
      type: 'urn:problem-type:session-queue:malformed-json',
      errors: [{ field: 'body', reason: 'line 2, column 23 (byte 25): a value is expected' }],
    });
  });

  test('a list given twice is refused rather than half lost', async () => {
    const problem = await refused('/v1/deletions', '{"sessionIds":["a"],"sessionIds":["b"]}');
    expect(problem.errors?.[0]?.reason).toBe('line 1, column 21 (byte 20): an object names a field twice');
  });

  test('text that is not UTF-8 is refused with its place', async () => {
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{"sessionIds":["caf\xe9"]}', 'latin1'),
    });
    expect((await problemIn(response)).errors?.[0]?.reason).toBe('line 1, column 20 (byte 19): not UTF-8');
  });

  test.each([
    ['deep nesting', '['.repeat(60_000)],
    ['deep objects', '{"a":'.repeat(12_000)],
    ['a mass of lists', `[${'[],'.repeat(20_000)}[]]`],
  ])('a bomb of %s is refused and harms nothing', async (_what, body) => {
    expect((await refused('/v1/deletions', body)).status).toBe(400);
    expect((await producer.fetch('/healthz')).status).toBe(200);
  });

  test.each([
    ['no body', undefined, {}, 400],
    ['an empty body', '', { 'Content-Type': 'application/json' }, 400],
    ['text', '{}', { 'Content-Type': 'text/plain' }, 415],
    ['a form', 'sessionIds=a', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['another charset', '{}', { 'Content-Type': 'application/json; charset=latin1' }, 415],
    ['an unknown encoding', '{}', { 'Content-Encoding': 'snappy' }, 415],
    ['a broken encoding', '{}', { 'Content-Encoding': 'gzip' }, 400],
  ])('%s is no JSON body', async (_what, body, headers, status) => {
    expect((await refused('/v1/deletions', body, headers)).status).toBe(status);
  });

  test('a body over the limit is a 413, be it announced, in chunks or compressed', async () => {
    const body = JSON.stringify({ sessionIds: Array.from({ length: 9_000 }, () => 'abcdefgh') });
    expect(await refused('/v1/deletions', body)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('65536'),
    });

    const headers = { 'Content-Type': 'application/json' };
    const chunks = new Blob([body]).stream();
    const init = { method: 'POST', headers, body: chunks, duplex: 'half' } as RequestInit;
    expect((await producer.fetch('/v1/deletions', init)).status).toBe(413);

    const gzipped = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
    const compressed = await new Response(gzipped).arrayBuffer();
    expect(compressed.byteLength).toBeLessThan(1_000);
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { ...headers, 'Content-Encoding': 'gzip' },
      body: compressed,
    });
    expect(response.status).toBe(413);
  });

  test('a compressed body that would be endless is a 413 long before its end', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: bomb,
    });
    expect(response.status).toBe(413);
  });

  test('a compressed body that breaks off is a 400', async () => {
    const gzipped = gzipSync(JSON.stringify({ sessionIds: ['a'] })).subarray(0, -9);
    const response = await producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipped,
    });
    expect(await problemIn(response)).toMatchObject({ status: 400, detail: 'The body cannot be read.' });
  });

  test.each([['with space'], ['x'.repeat(256)], ['']])('the Idempotency-Key %j is refused', async (key) => {
    const problem = await refused('/v1/deletions', { sessionIds: ['a'] }, { 'Idempotency-Key': key });
    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'Idempotency-Key' }] });
  });

  test('an unknown address is a 404, a known one with another method a 405 that says which', async () => {
    expect((await problemIn(await producer.fetch('/v2/deletions'))).status).toBe(404);
    const response = await producer.fetch('/v1/deletions', { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('POST');
    expect((await problemIn(response)).status).toBe(405);
    const read = await producer.fetch('/v1/requests/abc', { method: 'DELETE' });
    expect(read.headers.get('allow')).toBe('GET, HEAD');
    expect(read.status).toBe(405);
  });

  test('an address that cannot be decoded is a 400 that does not repeat it', async () => {
    const response = await producer.fetch('/v1/requests/%E0%A4%A');
    const problem = await problemIn(response);
    expect(problem.status).toBe(400);
    expect(JSON.stringify(problem)).not.toContain('%E0');
  });
});
