import { getEventListeners, once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { freePort, leakGuard, makeCertificate } from '@session-queue/testing';
import { createTransport, type Exchange, type Transport } from '../../src/learnosity/transport.ts';
import { TransportFailure } from '../../src/learnosity/transport-failure.ts';
import { json, type StandIn, startStandIn } from './stand-in.ts';

leakGuard();

let standIn: StandIn;
let transport: Transport;

beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(async () => {
  await standIn.stop();
});
beforeEach(() => {
  transport = createTransport();
  standIn.arrivals.length = 0;
});
afterEach(() => {
  transport.stop();
});

function exchange(overrides: Partial<Exchange> = {}): Exchange {
  return {
    url: new URL(`${standIn.url}/call`),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: Buffer.from('request={}'),
    deadlineMs: 5_000,
    maxAnswerBytes: 1_000,
    ...overrides,
  };
}

async function failureOf(sending: Promise<unknown>): Promise<TransportFailure> {
  const failure = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof TransportFailure)) throw new Error('the call did not fail', { cause: failure });
  return failure;
}

/** A server that speaks raw bytes; each connection is handed to the test. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<{ url: URL; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: new URL(`http://127.0.0.1:${address.port}/`),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('one call is one arrival (invariant 3)', () => {
  test.each([301, 302, 303, 307, 308])('when the answer is the redirect %i', async (status) => {
    standIn.answer(json(status, {}, { Location: '/elsewhere' }));
    expect(await transport.send(exchange())).toMatchObject({ status });
    expect(standIn.arrivals.map(({ path }) => path)).toEqual(['/call']);
  });

  test.each([408, 421, 425, 429, 500, 503])('when the answer is %i, on a kept connection too', async (status) => {
    standIn.answer(json(200, {}), json(status, {}));
    await transport.send(exchange());
    expect(await transport.send(exchange())).toMatchObject({ status });
    expect(standIn.arrivals).toHaveLength(2);
  });

  test('when a kept connection is closed under the call', async () => {
    standIn.answer(json(200, {}), (response) => response.destroy());
    await transport.send(exchange());
    const failure = await failureOf(transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'ECONNRESET', mayHaveArrived: true, response: undefined });
    expect(standIn.arrivals).toHaveLength(2);
    expect(standIn.arrivals[1]?.connection).toBe(standIn.arrivals[0]?.connection);
  });

  test('when a new connection is closed under the call', async () => {
    standIn.answer((response) => response.destroy());
    expect(await failureOf(transport.send(exchange()))).toMatchObject({ code: 'ECONNRESET', mayHaveArrived: true });
    expect(standIn.arrivals).toHaveLength(1);
  });
});

describe('connections', () => {
  test('are kept for the next call', async () => {
    standIn.answer(json(200, {}));
    for (let call = 0; call < 3; call += 1) await transport.send(exchange());
    expect(new Set(standIn.arrivals.map(({ connection }) => connection)).size).toBe(1);
  });

  test('are as many as there are calls at once: none waits for another', async () => {
    const held: (() => void)[] = [];
    standIn.answer((response) => held.push(() => response.end('{}')));
    const calls = Array.from({ length: 60 }, () => transport.send(exchange()));
    while (standIn.arrivals.length < 60) await standIn.nextArrival();
    for (const release of held) release();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
  });

  test('that stand are not used by a call that asks for one of its own, nor is its kept', async () => {
    standIn.answer(json(200, {}));
    await transport.send(exchange());
    await transport.send(exchange({ freshConnection: true }));
    await transport.send(exchange());
    const [kept, fresh, again] = standIn.arrivals.map(({ connection }) => connection);
    expect(fresh).not.toBe(kept);
    expect(again).toBe(kept);
    await standIn.arrivals[1]?.closed;
  });

  test('are not kept longer than the server says it keeps them', async () => {
    standIn.answer(json(200, {}, { 'Keep-Alive': 'timeout=1' }));
    await transport.send(exchange());
    await transport.send(exchange());
    const [first, second] = standIn.arrivals;
    expect(second?.connection).not.toBe(first?.connection);
  });
});

describe('an answer', () => {
  test('comes with status, body, date and the moment of its headers', async () => {
    let headersSentAt = 0;
    let restSentAt = 0;
    standIn.answer((response) => {
      headersSentAt = performance.now();
      response.writeHead(200, { Date: 'Wed, 10 Jun 2026 00:00:00 GMT' });
      response.write('{"a":');
      setTimeout(() => {
        restSentAt = performance.now();
        response.end('1}');
      }, 300);
    });
    const answer = await transport.send(exchange());
    expect(answer).toMatchObject({ status: 200, date: 'Wed, 10 Jun 2026 00:00:00 GMT' });
    expect(answer.body.toString()).toBe('{"a":1}');
    expect(answer.headersAt).toBeGreaterThanOrEqual(headersSentAt);
    // The headers are the anchor, not the body's end.
    expect(answer.headersAt).toBeLessThan(restSentAt);
  });

  test('that ends with its connection is whole', async () => {
    const server = await rawServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n{"meta":1}'));
    });
    const answer = await transport.send(exchange({ url: server.url }));
    expect(answer.body.toString()).toBe('{"meta":1}');
    await server.stop();
  });

  test('before the whole request was read is taken', async () => {
    const server = await rawServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const body = Buffer.alloc(32 * 1024 * 1024, 'x');
    expect(await transport.send(exchange({ url: server.url, body }))).toMatchObject({ status: 413 });
    await server.stop();
  });

  test('over the limit is cut off, with its status known', async () => {
    standIn.answer((response) => {
      response.writeHead(200);
      response.write('x'.repeat(2_000));
    });
    const arrival = standIn.nextArrival();
    const failure = await failureOf(transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'TOO_LARGE', mayHaveArrived: true, response: { status: 200 } });
    await (await arrival).closed;
  });

  test('that breaks off is a failure, with its status known', async () => {
    standIn.answer((response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    const failure = await failureOf(transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'ECONNRESET', mayHaveArrived: true, response: { status: 200 } });
  });

  test('that is no HTTP may have been for a call that arrived', async () => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    const failure = await failureOf(transport.send(exchange({ url: server.url })));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^HPE_/), mayHaveArrived: true, response: undefined });
    await server.stop();
  });
});

describe('the deadline', () => {
  test.each([
    ['connects', 0],
    ['waits for a kept connection', 1],
  ])(
    'that passes while the process sleeps and the call %s lets nothing leave (invariant 3)',
    async (_while, before) => {
      standIn.answer(json(200, {}));
      for (let call = 0; call < before; call += 1) await transport.send(exchange());
      const awake = performance.now.bind(performance);
      const sending = failureOf(transport.send(exchange()));
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => awake() + 60_000);
      try {
        expect(await sending).toMatchObject({ code: 'DEADLINE', mayHaveArrived: false });
      } finally {
        clock.mockRestore();
      }
      // What had left would have arrived before this one.
      await transport.send(exchange());
      expect(standIn.arrivals).toHaveLength(before + 1);
    },
  );

  test('does not help a call that is to have left before (invariant 3)', async () => {
    standIn.answer(json(200, {}));
    const late = failureOf(transport.send(exchange({ leaveBy: performance.now() - 1 })));
    expect(await late).toMatchObject({ code: 'DEADLINE', mayHaveArrived: false });
    await transport.send(exchange({ leaveBy: performance.now() + 5_000 }));
    expect(standIn.arrivals).toHaveLength(1);
  });

  test('destroys the connection of a call without an answer', async () => {
    standIn.answer(() => undefined);
    const arrival = standIn.nextArrival();
    const failure = await failureOf(transport.send(exchange({ deadlineMs: 1_000 })));
    expect(failure).toMatchObject({ code: 'DEADLINE', mayHaveArrived: true, response: undefined });
    await (await arrival).closed;
  });

  test('holds for an answer that drips in', async () => {
    let dripping: NodeJS.Timeout | undefined;
    standIn.answer((response) => {
      response.writeHead(200);
      dripping = setInterval(() => response.write('x'), 10);
    });
    const failure = await failureOf(transport.send(exchange({ deadlineMs: 150 })));
    clearInterval(dripping);
    expect(failure).toMatchObject({ code: 'DEADLINE', response: { status: 200 } });
  });
});

describe('a call that was aborted', () => {
  test('before it began never arrives', async () => {
    const failure = await failureOf(transport.send(exchange({ signal: AbortSignal.abort() })));
    expect(failure).toMatchObject({ code: 'ABORTED', mayHaveArrived: false });
    expect(standIn.arrivals).toHaveLength(0);
  });

  test('on the wire loses its connection, and may have arrived', async () => {
    standIn.answer(() => undefined);
    const controller = new AbortController();
    const arrival = standIn.nextArrival();
    const sending = failureOf(transport.send(exchange({ signal: controller.signal })));
    const { closed } = await arrival;
    controller.abort(new Error('stopping'));
    expect(await sending).toMatchObject({
      code: 'ABORTED',
      mayHaveArrived: true,
      cause: expect.objectContaining({ message: 'stopping' }),
    });
    await closed;
  });

  test('with many others leaves nothing on their common signal', async () => {
    standIn.answer(() => undefined);
    const stop = new AbortController();
    const { signal } = stop;
    const calls = Array.from({ length: 20 }, () => failureOf(transport.send(exchange({ signal }))));
    while (standIn.arrivals.length < 20) await standIn.nextArrival();
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    stop.abort();
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(calls.map(() => 'ABORTED'));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('after its answer stays answered', async () => {
    standIn.answer(json(200, {}));
    const controller = new AbortController();
    const answer = await transport.send(exchange({ signal: controller.signal }));
    controller.abort();
    expect(answer.status).toBe(200);
  });
});

describe('a call that never stood a connection is sure not to have arrived', () => {
  test('when the connection is refused', async () => {
    const url = new URL(`http://127.0.0.1:${await freePort()}/`);
    expect(await failureOf(transport.send(exchange({ url })))).toMatchObject({
      code: 'ECONNREFUSED',
      mayHaveArrived: false,
    });
  });

  test.each([
    ['is answered in plain text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'EPROTO: wrong version number'],
    // A fatal alert (RFC 8446, 6.2).
    ['is refused', Buffer.from([21, 3, 3, 0, 2, 2, 40]), 'EPROTO: sslv3 alert handshake failure'],
  ])('when the TLS handshake %s, and it says so', async (_what, answer, why) => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end(answer)));
    const url = new URL(server.url.href.replace('http:', 'https:'));
    expect(await failureOf(transport.send(exchange({ url })))).toMatchObject({ mayHaveArrived: false, why });
    await server.stop();
  });

  test('when nobody trusts the certificate', async () => {
    const arrivals: string[] = [];
    const server = createHttpsServer(await makeCertificate('localhost'), ({ url = '' }) => void arrivals.push(url));
    server.on('tlsClientError', () => undefined);
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const failure = await failureOf(transport.send(exchange({ url: new URL(`https://localhost:${port}/`) })));
    expect(failure).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', mayHaveArrived: false });
    expect(arrivals).toEqual([]);
    server.close();
    await once(server, 'close');
  });

  test('when the TLS handshake hangs until the deadline', async () => {
    const server = await rawServer(() => undefined);
    const url = new URL(server.url.href.replace('http:', 'https:'));
    expect(await failureOf(transport.send(exchange({ url, deadlineMs: 100 })))).toMatchObject({
      code: 'DEADLINE',
      mayHaveArrived: false,
    });
    await server.stop();
  });
});

describe('a stop', () => {
  test('cuts what is on the wire and is safe twice', async () => {
    standIn.answer(() => undefined);
    const arrival = standIn.nextArrival();
    const sending = failureOf(transport.send(exchange()));
    await arrival;
    transport.stop();
    transport.stop();
    expect(await sending).toMatchObject({ mayHaveArrived: true });
  });
});
