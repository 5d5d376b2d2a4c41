import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { deferred, leakGuard } from '@session-queue/testing';
import { DashboardServer } from '../src/http/server.ts';

leakGuard();

const answerAtOnce = (_request: IncomingMessage, response: ServerResponse): void => void response.end('here');

describe('The server', () => {
  it('stops twice and before its start', async () => {
    const server = new DashboardServer(answerAtOnce, { port: 0, host: '127.0.0.1' });
    await server.stop();
    const other = new DashboardServer(answerAtOnce, { port: 0, host: '127.0.0.1' });
    const { port } = await other.start();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    await Promise.all([other.stop(), other.stop()]);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('finishes what is being answered when it stops, and takes nothing new', async () => {
    const asked = deferred();
    const answer = deferred();
    const server = new DashboardServer(
      (_request, response) => {
        asked.resolve();
        void answer.promise.then(() => response.end('to the end'));
      },
      { port: 0, host: '127.0.0.1', stopGraceMs: 10_000 },
    );
    const { port } = await server.start();
    const page = fetch(`http://127.0.0.1:${port}/`);
    await asked.promise;
    const stopped = server.stop();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    answer.resolve();
    expect(await (await page).text()).toBe('to the end');
    await stopped;
  });

  it('cuts off a client that never finishes its headers', async () => {
    const server = new DashboardServer(answerAtOnce, { port: 0, host: '127.0.0.1', headersTimeoutMs: 100 });
    const { port } = await server.start();
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => {
      heard += String(data);
    });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    await once(socket, 'close');
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    await server.stop();
  });

  it('cuts what does not end within its grace', async () => {
    const asked = deferred();
    const server = new DashboardServer(() => asked.resolve(), { port: 0, host: '127.0.0.1', stopGraceMs: 50 });
    const { port } = await server.start();
    const cut = expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    await asked.promise;
    await server.stop();
    await cut;
  });

  it('says that its port is taken', async () => {
    const taken = createServer(answerAtOnce);
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const server = new DashboardServer(answerAtOnce, { port, host: '127.0.0.1' });
    await expect(server.start()).rejects.toThrow('EADDRINUSE');
    await new Promise((resolve) => taken.close(resolve));
  });
});
