import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { bodyPieces } from '../../src/streams/body-pieces.ts';

leakGuard();

describe('the pieces of a body', () => {
  let close = async (): Promise<void> => undefined;
  afterEach(async () => await close());

  /** A request with a body to come, as the server has it, and the client's end of it. */
  async function upload(headers: Record<string, string> = {}) {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const client = ask({ port, host: '127.0.0.1', method: 'POST', headers });
    client.on('error', () => undefined);
    close = async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    };
    const come = new Promise<{ request: IncomingMessage; response: ServerResponse }>((resolve) => {
      server.on('request', (request, response) => {
        resolve({ request, response });
      });
    });
    client.flushHeaders();
    return { client, ...(await come) };
  }

  test('are not read before they are asked for: the client waits', async () => {
    const { client, request, response } = await upload();
    const pieces = bodyPieces(request, response);
    client.write(Buffer.alloc(64 * 1024 * 1024));
    expect((await pieces.next()).done).toBe(false);
    const { socket } = request;
    let before = 0;
    let still = 0;
    await eventually(() => {
      still = socket.bytesRead === before ? still + 1 : 0;
      before = socket.bytesRead;
      return still === 20;
    });
    expect(socket.bytesRead).toBeLessThan(1024 * 1024);
    let read = 0;
    client.end();
    for await (const piece of pieces) read += piece.length;
    expect(read).toBeGreaterThan(63 * 1024 * 1024);
  });

  test('of a body that is left are read off and thrown away, and the connection stays', async () => {
    const { client, request, response } = await upload();
    const answered = new Promise<IncomingMessage>((resolve) => client.on('response', resolve));
    client.write('begin');
    const pieces = bodyPieces(request, response);
    expect((await pieces.next()).value?.toString()).toBe('begin');
    await pieces.return(undefined);
    request.on('end', () => response.end());
    client.end(Buffer.alloc(8 * 1024 * 1024));
    expect((await answered).statusCode).toBe(200);
    (await answered).resume();
  });

  test.each([
    ['is cut off', 'identity', Buffer.from('begin'), false],
    ['is cut off compressed', 'gzip', gzipSync('begin').subarray(0, 12), false],
    ['is compressed and ends too early', 'gzip', gzipSync('begin').subarray(0, 12), true],
    ['is not what it says', 'br', Buffer.from('no'), true],
  ])('end in a problem where the body %s', async (_what, encoding, bytes, isEnded) => {
    const { client, request, response } = await upload({
      'Content-Encoding': encoding,
      'Transfer-Encoding': 'chunked',
    });
    const first = new Promise((resolve) => request.once('readable', resolve));
    client.write(bytes);
    await first;
    if (isEnded) client.end();
    else client.destroy();
    const readAll = async () => {
      for await (const piece of bodyPieces(request, response)) expect(piece).toBeInstanceOf(Buffer);
    };
    await expect(readAll()).rejects.toMatchObject({ kind: 'invalid-request', message: 'The body cannot be read.' });
  });

  test('end once the request has been answered, be it by somebody else', async () => {
    const { client, request, response } = await upload({ 'Content-Length': '100' });
    client.write('begin');
    const pieces = bodyPieces(request, response);
    expect((await pieces.next()).value?.toString()).toBe('begin');
    const next = pieces.next();
    response.setHeader('Connection', 'close');
    response.end();
    await expect(next).rejects.toMatchObject({ name: 'Problem' });
  });
});
