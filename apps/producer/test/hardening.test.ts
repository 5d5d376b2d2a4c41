import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { deferred, eventually, leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { startProducer, type TestProducer, type TestProducerOptions, testCaller } from './support/test-producer.ts';

leakGuard();

describe('the HTTP server', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await producer.stop();
    queue.before = async () => {};
  });

  async function start(options: Partial<TestProducerOptions> = {}): Promise<void> {
    producer = await startProducer({ queue, ...options });
  }

  async function open(text: string): Promise<{ socket: Socket; answer: Promise<string> }> {
    const socket = connect(producer.port, '127.0.0.1');
    sockets.push(socket);
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
    });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await new Promise<void>((sent) => socket.write(text, () => sent()));
    // Not by `once`, which rejects with an error: what is written to a connection that was cut is answered with a reset.
    const answer = new Promise<string>((resolve) => {
      socket.once('close', () => resolve(received));
    });
    return { socket, answer };
  }

  test('sends security headers and does not say what it is built with', async () => {
    await start();
    const { headers } = await producer.fetch('/healthz');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('cuts off a client that never finishes its headers', async () => {
    await start({ headersTimeoutMs: 100 });
    const { answer } = await open('POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*application\/problem\+json/);
  });

  test('cuts off a body that drips, and gives its room back', async () => {
    await start({ paceMs: 1_000, maxBodyBytes: 2 * 1024 * 1024, roomWaitMs: 10_000 });
    const head = `POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const dripping = await Promise.all(
      Array.from({ length: 4 }, () => open(`${head}Content-Length: ${2 * 1024 * 1024}\r\n\r\n{`)),
    );
    const sessionIds = Array.from({ length: 8_000 }, (_, n) => `${'x'.repeat(150)}${n}`);
    const honest = producer.post('/v1/deletions', { sessionIds });
    for (const { answer } of dripping)
      expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*:too-slow[\s\S]*nothing was accepted/);
    expect((await honest).status).toBe(202);
  });

  test('cuts off a body that drips although it was answered already', async () => {
    await start({ paceMs: 100, findKey: () => undefined });
    const { answer } = await open('POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{');
    expect(await answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  test.each([
    ['for another consumer', '?consumer=south', 403],
    ['with a wrong note', '?resaon=x', 400],
  ])('cuts off a stream %s that drips although it was refused', async (_what, query, status) => {
    await start({ paceMs: 100, findCaller: () => testCaller('desk', { consumers: ['north'] }) });
    const { answer } = await open(
      `POST /v1/deletions${query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Type: text/csv\r\n` +
        'Content-Length: 9000\r\n\r\na',
    );
    expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('gives what is left of a stream that was refused no longer than any other body', async () => {
    await start({ paceMs: 60, bodyTimeMs: 300 });
    const { socket, answer } = await open(
      'POST /v1/deletions?resaon=x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000000\r\n\r\n',
    );
    const moving = setInterval(() => socket.write('\n'.repeat(32 * 1024)), 10);
    try {
      expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
    } finally {
      clearInterval(moving);
    }
  });

  test('cuts off a body that takes too long in all, and no stream that moves', async () => {
    await start({ paceMs: 60, bodyTimeMs: 300, maxBodyBytes: 64 * 1024 * 1024 });
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const head = (type: string) =>
      `POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
      'Transfer-Encoding: chunked\r\n\r\n';
    const json = await open(`${head('application/json')}${chunk('{"sessionIds":["a"')}`);
    const stream = await open(`${head('text/csv')}${chunk('a\n')}`);
    const dripping = setInterval(() => {
      json.socket.write(chunk(' '.repeat(32 * 1024)));
      stream.socket.write(chunk('\n'.repeat(32 * 1024)));
    }, 10);
    try {
      expect(await json.answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*:too-slow/);
    } finally {
      clearInterval(dripping);
    }
    stream.socket.write(`${chunk('b\n')}0\r\n\r\n`);
    expect(await stream.answer).toMatch(/^HTTP\/1\.1 202 /);
  });

  test('does not cut off a stream that it has not read itself', async () => {
    await start({ paceMs: 50 });
    const [gate, begun] = [deferred(), deferred()];
    queue.before = async () => {
      begun.resolve();
      await gate.promise;
    };
    const text = 'session-1\n'.repeat(50_000);
    const { socket, answer } = await open(
      'POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/csv\r\n' +
        `Content-Length: ${text.length + 2}\r\n\r\n${text}`,
    );
    await begun.promise;
    // Some paces go by.
    await new Promise((resolve) => setTimeout(resolve, 300));
    gate.resolve();
    socket.write('b\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 202 /);
  });

  test('keeps room for large streams of others whatever one caller has under way', async () => {
    await start({ findKey: (token) => token });
    const by = (name: string) => ({ Authorization: `Bearer ${name}`, 'Content-Type': 'text/csv' });
    const large = 'a\n'.repeat(100_001);
    const post = async (name: string) => await producer.post('/v1/deletions', large, by(name));
    const head =
      'POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer one\r\nContent-Type: text/csv\r\n' +
      `Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n`;
    const [held] = [await open(head), await open(head)];
    const refused = await eventually(async () => {
      const response = await post('one');
      return response.status === 503 && response;
    });
    expect(refused.headers.get('retry-after')).toBe('20');
    expect((await refused.json()) as unknown).toMatchObject({ type: 'urn:problem-type:session-queue:busy' });
    expect((await post('two')).status).toBe(202);
    expect((await producer.post('/v1/deletions', 'a', by('one'))).status).toBe(202);
    held.socket.write('0\r\n\r\n');
    await eventually(async () => (await post('one')).status === 202);
  });

  test('cuts off a client that never reads its answers', async () => {
    await start({ stillTimeoutMs: 200 });
    const ask = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const { socket } = await open('');
    socket.pause();
    socket.write(ask.repeat(2_000));
    expect(await producer.logEntry({ msg: 'request', cut: true })).toMatchObject({ route: '/openapi.json' });
  });

  test('passes over an expectation that nobody knows', async () => {
    await start();
    const { answer } = await open('GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('answers whole whatever a caller says it has kept', async () => {
    await start();
    for (const header of ['If-None-Match', 'If-Modified-Since']) {
      const answer = await producer.fetch('/healthz', { headers: { [header]: '*', 'Cache-Control': 'max-age=0' } });
      expect([header, answer.status]).toEqual([header, 200]);
    }
  });

  test('asks for a host with a problem document', async () => {
    await start();
    const { answer } = await open('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*A Host header is expected/);
  });

  test.each([
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /v1/stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
    ],
  ])('answers %s with a problem document and goes on', async (_what, text, status) => {
    await start();
    const { answer } = await open(text);
    expect(await answer).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*{"type":"about:blank","title":".*","status":${status}}$`),
    );
    expect((await producer.fetch('/healthz')).status).toBe(200);
  });

  test('goes on when a client leaves in the middle of its body', async () => {
    await start();
    const length = 'Content-Length: 50\r\nContent-Type: application/json';
    const { socket } = await open(`POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n{"ses`);
    socket.destroy();
    expect(await producer.logEntry({ msg: 'request', cut: true })).toMatchObject({ route: '/v1/deletions' });
    expect((await producer.fetch('/healthz')).status).toBe(200);
  });

  test('goes on when a client leaves in the middle of a compressed body', async () => {
    await start();
    const headers = 'Content-Length: 500\r\nContent-Type: application/json\r\nContent-Encoding: gzip';
    const { socket } = await open(`POST /v1/deletions HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n\x1f`);
    socket.destroy();
    expect(await producer.logEntry({ msg: 'request', cut: true })).toMatchObject({ route: '/v1/deletions' });
    expect(producer.logged.filter((line) => line.includes('a request failed'))).toEqual([]);
    expect((await producer.fetch('/healthz')).status).toBe(200);
  });

  test('stops after the requests under way are done, and takes no new ones meanwhile', async () => {
    await start({ stopGraceMs: 5_000 });
    await producer.fetch('/healthz');
    const gate = deferred();
    const begun = deferred();
    queue.before = async () => {
      begun.resolve();
      await gate.promise;
    };
    const underWay = producer.post('/v1/deletions', { sessionIds: ['a'] });
    await begun.promise;
    const stopped = Promise.all([producer.stop(), producer.stop()]);
    await eventually(
      async () =>
        await producer.fetch('/healthz').then(
          () => false,
          () => true,
        ),
    );
    gate.resolve();
    expect((await underWay).status).toBe(202);
    await stopped;
  });

  test('stops within its grace when a request never ends', async () => {
    await start({ stopGraceMs: 50, silenceMs: 60_000 });
    const begun = deferred();
    const gate = deferred();
    queue.before = async () => {
      begun.resolve();
      await gate.promise;
    };
    const underWay = producer.fetch('/v1/requests/x').catch((error: unknown) => error);
    await begun.promise;
    await producer.stop();
    gate.resolve();
    expect(await underWay).toMatchObject({ name: 'TypeError' });
  });
});
