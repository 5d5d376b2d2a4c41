import { getEventListeners, once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { describe, expect, jest, test } from '@jest/globals';
import { freePort, leakGuard, makeCertificate } from '@session-queue/testing';
import type { Exchange } from '../../src/learnosity/transport.ts';
import { rawServer } from './raw-server.ts';
import { json } from './stand-in.ts';
import { exchangeAt, failureOf, openWire } from './wire.ts';

leakGuard();

const wire = openWire();
const exchange = (overrides: Partial<Exchange> = {}) => exchangeAt(wire.standIn.url, overrides);

describe('the deadline', () => {
  test.each([
    ['connects', 0],
    ['waits for a kept connection', 1],
  ])(
    'that passes while the process sleeps and the call %s lets nothing leave (invariant 3)',
    async (_while, before) => {
      wire.standIn.answer(json(200, {}));
      for (let call = 0; call < before; call += 1) await wire.transport.send(exchange());
      const awake = performance.now.bind(performance);
      const sending = failureOf(wire.transport.send(exchange()));
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => awake() + 60_000);
      try {
        expect(await sending).toMatchObject({ code: 'DEADLINE', mayHaveArrived: false });
      } finally {
        clock.mockRestore();
      }
      // What had left would have arrived before this one.
      await wire.transport.send(exchange());
      expect(wire.standIn.arrivals).toHaveLength(before + 1);
    },
  );

  test('does not help a call that is to have left before (invariant 3)', async () => {
    wire.standIn.answer(json(200, {}));
    const late = failureOf(wire.transport.send(exchange({ leaveBy: performance.now() - 1 })));
    expect(await late).toMatchObject({ code: 'DEADLINE', mayHaveArrived: false });
    await wire.transport.send(exchange({ leaveBy: performance.now() + 5_000 }));
    expect(wire.standIn.arrivals).toHaveLength(1);
  });

  test('destroys the connection of a call without an answer', async () => {
    wire.standIn.answer(() => undefined);
    const arrival = wire.standIn.nextArrival();
    const failure = await failureOf(wire.transport.send(exchange({ deadlineMs: 1_000 })));
    expect(failure).toMatchObject({ code: 'DEADLINE', mayHaveArrived: true, response: undefined });
    await (await arrival).closed;
  });

  test('holds for an answer that drips in', async () => {
    let dripping: NodeJS.Timeout | undefined;
    wire.standIn.answer((response) => {
      response.writeHead(200);
      dripping = setInterval(() => response.write('x'), 10);
    });
    const failure = await failureOf(wire.transport.send(exchange({ deadlineMs: 150 })));
    clearInterval(dripping);
    expect(failure).toMatchObject({ code: 'DEADLINE', response: { status: 200 } });
  });
});

describe('a call that was aborted', () => {
  test('before it began never arrives', async () => {
    const failure = await failureOf(wire.transport.send(exchange({ signal: AbortSignal.abort() })));
    expect(failure).toMatchObject({ code: 'ABORTED', mayHaveArrived: false });
    expect(wire.standIn.arrivals).toHaveLength(0);
  });

  test('on the wire loses its connection, and may have arrived', async () => {
    wire.standIn.answer(() => undefined);
    const controller = new AbortController();
    const arrival = wire.standIn.nextArrival();
    const sending = failureOf(wire.transport.send(exchange({ signal: controller.signal })));
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
    wire.standIn.answer(() => undefined);
    const stop = new AbortController();
    const { signal } = stop;
    const calls = Array.from({ length: 20 }, () => failureOf(wire.transport.send(exchange({ signal }))));
    while (wire.standIn.arrivals.length < 20) await wire.standIn.nextArrival();
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    stop.abort();
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(calls.map(() => 'ABORTED'));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('after its answer stays answered', async () => {
    wire.standIn.answer(json(200, {}));
    const controller = new AbortController();
    const answer = await wire.transport.send(exchange({ signal: controller.signal }));
    controller.abort();
    expect(answer.status).toBe(200);
  });
});

describe('a call that never stood a connection is sure not to have arrived', () => {
  test('when the connection is refused', async () => {
    const url = new URL(`http://127.0.0.1:${await freePort()}/`);
    expect(await failureOf(wire.transport.send(exchange({ url })))).toMatchObject({
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
    expect(await failureOf(wire.transport.send(exchange({ url })))).toMatchObject({ mayHaveArrived: false, why });
    await server.stop();
  });

  test('when nobody trusts the certificate', async () => {
    const arrivals: string[] = [];
    const server = createHttpsServer(await makeCertificate('localhost'), ({ url = '' }) => void arrivals.push(url));
    server.on('tlsClientError', () => undefined);
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const failure = await failureOf(wire.transport.send(exchange({ url: new URL(`https://localhost:${port}/`) })));
    expect(failure).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', mayHaveArrived: false });
    expect(arrivals).toEqual([]);
    server.close();
    await once(server, 'close');
  });

  test('when the TLS handshake hangs until the deadline', async () => {
    const server = await rawServer(() => undefined);
    const url = new URL(server.url.href.replace('http:', 'https:'));
    expect(await failureOf(wire.transport.send(exchange({ url, deadlineMs: 100 })))).toMatchObject({
      code: 'DEADLINE',
      mayHaveArrived: false,
    });
    await server.stop();
  });
});
