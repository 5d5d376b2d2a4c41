import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Exchange } from '../../src/learnosity/transport.ts';
import { rawServer } from './raw-server.ts';
import { json } from './stand-in.ts';
import { exchangeAt, failureOf, openWire } from './wire.ts';

leakGuard();

const wire = openWire();
const exchange = (overrides: Partial<Exchange> = {}) => exchangeAt(wire.standIn.url, overrides);

describe('one call is one arrival (invariant 3)', () => {
  test.each([301, 302, 303, 307, 308])('when the answer is the redirect %i', async (status) => {
    wire.standIn.answer(json(status, {}, { Location: '/elsewhere' }));
    expect(await wire.transport.send(exchange())).toMatchObject({ status });
    expect(wire.standIn.arrivals.map(({ path }) => path)).toEqual(['/call']);
  });

  test.each([408, 421, 425, 429, 500, 503])('when the answer is %i, on a kept connection too', async (status) => {
    wire.standIn.answer(json(200, {}), json(status, {}));
    await wire.transport.send(exchange());
    expect(await wire.transport.send(exchange())).toMatchObject({ status });
    expect(wire.standIn.arrivals).toHaveLength(2);
  });

  test('when a kept connection is closed under the call', async () => {
    wire.standIn.answer(json(200, {}), (response) => response.destroy());
    await wire.transport.send(exchange());
    const failure = await failureOf(wire.transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'ECONNRESET', mayHaveArrived: true, response: undefined });
    expect(wire.standIn.arrivals).toHaveLength(2);
    expect(wire.standIn.arrivals[1]?.connection).toBe(wire.standIn.arrivals[0]?.connection);
  });

  test('when a new connection is closed under the call', async () => {
    wire.standIn.answer((response) => response.destroy());
    expect(await failureOf(wire.transport.send(exchange()))).toMatchObject({
      code: 'ECONNRESET',
      mayHaveArrived: true,
    });
    expect(wire.standIn.arrivals).toHaveLength(1);
  });
});

describe('connections', () => {
  test('are kept for the next call', async () => {
    wire.standIn.answer(json(200, {}));
    for (let call = 0; call < 3; call += 1) await wire.transport.send(exchange());
    expect(new Set(wire.standIn.arrivals.map(({ connection }) => connection)).size).toBe(1);
  });

  test('are as many as there are calls at once: none waits for another', async () => {
    const held: (() => void)[] = [];
    wire.standIn.answer((response) => held.push(() => response.end('{}')));
    const calls = Array.from({ length: 60 }, () => wire.transport.send(exchange()));
    while (wire.standIn.arrivals.length < 60) await wire.standIn.nextArrival();
    for (const release of held) release();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
  });

  test('that stand are not used by a call that asks for one of its own, nor is its kept', async () => {
    wire.standIn.answer(json(200, {}));
    await wire.transport.send(exchange());
    await wire.transport.send(exchange({ freshConnection: true }));
    await wire.transport.send(exchange());
    const [kept, fresh, again] = wire.standIn.arrivals.map(({ connection }) => connection);
    expect(fresh).not.toBe(kept);
    expect(again).toBe(kept);
    await wire.standIn.arrivals[1]?.closed;
  });

  test('are not kept longer than the server says it keeps them', async () => {
    wire.standIn.answer(json(200, {}, { 'Keep-Alive': 'timeout=1' }));
    await wire.transport.send(exchange());
    await wire.transport.send(exchange());
    const [first, second] = wire.standIn.arrivals;
    expect(second?.connection).not.toBe(first?.connection);
  });
});

describe('an answer', () => {
  test('comes with status, body, date and the moment of its headers', async () => {
    let headersSentAt = 0;
    let restSentAt = 0;
    wire.standIn.answer((response) => {
      headersSentAt = performance.now();
      response.writeHead(200, { Date: 'Wed, 10 Jun 2026 00:00:00 GMT' });
      response.write('{"a":');
      setTimeout(() => {
        restSentAt = performance.now();
        response.end('1}');
      }, 300);
    });
    const answer = await wire.transport.send(exchange());
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
    const answer = await wire.transport.send(exchange({ url: server.url }));
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
    expect(await wire.transport.send(exchange({ url: server.url, body }))).toMatchObject({ status: 413 });
    await server.stop();
  });

  test('over the limit is cut off, with its status known', async () => {
    wire.standIn.answer((response) => {
      response.writeHead(200);
      response.write('x'.repeat(2_000));
    });
    const arrival = wire.standIn.nextArrival();
    const failure = await failureOf(wire.transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'TOO_LARGE', mayHaveArrived: true, response: { status: 200 } });
    await (await arrival).closed;
  });

  test('that breaks off is a failure, with its status known', async () => {
    wire.standIn.answer((response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    const failure = await failureOf(wire.transport.send(exchange()));
    expect(failure).toMatchObject({ code: 'ECONNRESET', mayHaveArrived: true, response: { status: 200 } });
  });

  test('that is no HTTP may have been for a call that arrived', async () => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    const failure = await failureOf(wire.transport.send(exchange({ url: server.url })));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^HPE_/), mayHaveArrived: true, response: undefined });
    await server.stop();
  });
});

describe('a stop', () => {
  test('cuts what is on the wire and is safe twice', async () => {
    wire.standIn.answer(() => undefined);
    const arrival = wire.standIn.nextArrival();
    const sending = failureOf(wire.transport.send(exchange()));
    await arrival;
    wire.transport.stop();
    wire.transport.stop();
    expect(await sending).toMatchObject({ mayHaveArrived: true });
  });
});
