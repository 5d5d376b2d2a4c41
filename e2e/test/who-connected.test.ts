import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort, leakGuard } from '@session-queue/testing';
import { whoConnected } from '../src/tap/who-connected.ts';

leakGuard();

let one: Server;
let two: Server;
beforeEach(async () => {
  [one, two] = [createServer(), createServer()];
  for (const server of [one, two]) {
    server.on('connection', (socket) => socket.resume());
    await once(server.listen(0, '127.0.0.1'), 'listening');
  }
});
afterEach(() => {
  for (const server of [one, two]) server.close();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

test('of two processes that share a port each is known by the server it is connected with', async () => {
  const from = await freePort();
  const own = connect({ port: portOf(one), host: '127.0.0.1', localPort: from });
  await once(own, 'connect');
  const to = { port: portOf(two), host: '127.0.0.1', localPort: from };
  const child = spawn(process.execPath, ['-e', `require('node:net').connect(${JSON.stringify(to)})`]);
  const ended = once(child, 'exit');
  try {
    await Promise.race([once(two, 'connection'), ended]);
    const processes = [
      { name: 'this', pid: process.pid },
      { name: 'child', pid: child.pid ?? 0 },
    ];
    const pairs = [portOf(one), portOf(two), 1].map((server) => ({ from, to: server }));
    expect(pairs.map((ports) => whoConnected(ports, processes))).toEqual(['this', 'child', 'unknown']);
  } finally {
    own.destroy();
    child.kill();
    await ended;
  }
});
