import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leakGuard } from '../../src/leaks/leak-guard.ts';
import { startTcpProxy, type TcpProxy } from '../../src/proxy/tcp-proxy.ts';
import { eventually } from '../../src/waiting/eventually.ts';

leakGuard();

/** A server that answers every piece of data with the same data in upper case, and remembers what it saw. */
let seen = '';
let target: Server;
let targetUrl: string;
let proxy: TcpProxy;
const clients: Client[] = [];

interface Client {
  socket: Socket;
  received: string;
  end: 'in order' | 'reset' | undefined;
}

function open(): Client {
  const client: Client = {
    socket: connect({ port: proxy.port, host: '127.0.0.1', noDelay: true }),
    received: '',
    end: undefined,
  };
  client.socket.on('data', (data) => {
    client.received += data.toString();
  });
  client.socket.on('end', () => {
    client.end ??= 'in order';
  });
  client.socket.on('error', () => {
    client.end ??= 'reset';
  });
  clients.push(client);
  return client;
}

async function exchange(client: Client, text: string): Promise<void> {
  const before = client.received.length;
  client.socket.write(text);
  await eventually(() => client.received.length >= before + text.length);
}

beforeAll(async () => {
  target = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      seen += data.toString();
      socket.write(data.toString().toUpperCase());
    });
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const address = target.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  targetUrl = `tcp://127.0.0.1:${address.port}`;
});
beforeEach(async () => {
  seen = '';
  proxy = await startTcpProxy({ target: targetUrl });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await proxy.close();
});
afterAll(async () => {
  target.close();
  await once(target, 'close');
});

describe('a TCP proxy without faults', () => {
  it('carries bytes both ways and counts connections', async () => {
    const client = open();
    await exchange(client, 'hello');
    expect(client.received).toBe('HELLO');
    expect(proxy.acceptedConnections).toBe(1);
    expect(proxy.openConnections).toBe(1);
    client.socket.end();
    await eventually(() => proxy.openConnections === 0);
    expect(client.end).toBe('in order');
  });

  it('carries megabytes whole, with a reader slower than the writer', async () => {
    const client = open();
    const text = 'x'.repeat(8 << 20);
    client.socket.pause();
    client.socket.write(text);
    setTimeout(() => client.socket.resume(), 50);
    await eventually(() => client.received.length === text.length, { timeoutMs: 15_000 });
    expect(client.received).toBe(text.toUpperCase());
  });

  it('gives its own address in the URL of the target', async () => {
    await proxy.close();
    proxy = await startTcpProxy({ target: 'redis://user:secret@127.0.0.1:1/2' });
    expect(proxy.url).toBe(`redis://user:secret@127.0.0.1:${proxy.port}/2`);
  });

  it('resets a client whose target is not there', async () => {
    await proxy.close();
    proxy = await startTcpProxy({ target: 'tcp://127.0.0.1:1' });
    const client = open();
    await eventually(() => client.end === 'reset');
  });
});

describe('a TCP proxy with faults', () => {
  it('delays every piece by its time, in order, without adding the delays up', async () => {
    const client = open();
    await exchange(client, 'a');
    await proxy.set({ toClient: { delayMs: 100 } });
    const begin = Date.now();
    for (const letter of 'bcdefg') {
      client.socket.write(letter);
      await eventually(() => seen.endsWith(letter), { intervalMs: 1 });
      // In order, whatever has come by now on a machine that is busy.
      expect('ABCDEFG').toContain(client.received);
    }
    await eventually(() => client.received === 'ABCDEFG');
    const took = Date.now() - begin;
    expect(took).toBeGreaterThanOrEqual(98);
    // Added up they would have taken 600.
    expect(took).toBeLessThan(580);
  });

  it('asks a function for the delay of every piece, and keeps the order', async () => {
    const delays = [60, 0, 20];
    const client = open();
    await proxy.set({ toTarget: { delayMs: () => delays.shift() ?? 0 } });
    for (const [index, letter] of ['a', 'b', 'c'].entries()) {
      client.socket.write(letter);
      await eventually(() => delays.length === 2 - index, { intervalMs: 1 });
    }
    await eventually(() => client.received === 'ABC');
    expect(seen).toBe('abc');
  });

  it('cuts the answer after the request has had its effect', async () => {
    const client = open();
    await exchange(client, 'first');
    await proxy.set({ toClient: { cutAfterBytes: 0 } });
    client.socket.write('second');
    await eventually(() => client.end === 'reset');
    expect(seen).toBe('firstsecond');
    expect(client.received).toBe('FIRST');
  });

  it('cuts a request after so many bytes, before the target has seen the rest', async () => {
    const client = open();
    await proxy.set({ toTarget: { cutAfterBytes: 4 } });
    client.socket.write('abcdefgh');
    await eventually(() => client.end === 'reset');
    await eventually(() => seen === 'abcd');
  });

  it('cuts as many connections as it was told to, then none', async () => {
    await proxy.set({ toTarget: { cutAfterBytes: 0, times: 2 } });
    for (const expected of ['reset', 'reset']) {
      const client = open();
      client.socket.write('lost');
      await eventually(() => client.end === expected);
    }
    const client = open();
    await exchange(client, 'through');
    expect(seen).toBe('through');
  });

  it('truncates an answer and ends it in order', async () => {
    const client = open();
    await proxy.set({ toClient: { truncateAfterBytes: 3 } });
    client.socket.write('abcdef');
    await eventually(() => client.end === 'in order');
    expect(client.received).toBe('ABC');
  });

  it('limits the byte rate', async () => {
    const client = open();
    await proxy.set({ toClient: { bytesPerSecond: 2_000 } });
    const begin = Date.now();
    await exchange(client, 'x'.repeat(600));
    // The last of six portions of 100 bytes goes when the five before it have had their 50 ms each.
    expect(Date.now() - begin).toBeGreaterThanOrEqual(240);
  });

  it('holds data back until that is lifted', async () => {
    const client = open();
    await exchange(client, 'a');
    await proxy.set({ toClient: { hold: true } });
    client.socket.write('b');
    await eventually(() => seen === 'ab');
    expect(client.received).toBe('A');
    await proxy.set({});
    await eventually(() => client.received === 'AB');
    expect(client.end).toBeUndefined();
  });

  it('accepts a connection half-open: it never answers, and the target sees nothing', async () => {
    await proxy.set({ welcome: 'half-open' });
    const client = open();
    client.socket.end('hello');
    await eventually(() => proxy.openConnections === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([seen, client.received, client.end]).toEqual(['', '', undefined]);
  });

  it('forgets what is open: it stays so, and neither end hears of the other again; new connections pass', async () => {
    const [quiet, ended] = [open(), open()];
    await exchange(quiet, 'a');
    await exchange(ended, 'b');
    proxy.forgetAll();
    quiet.socket.write('lost');
    ended.socket.end('lost too');
    const late = open();
    await exchange(late, 'c');
    await proxy.set({});
    await exchange(late, 'd');
    expect(seen).toBe('abcd');
    expect([quiet.received, quiet.end, ended.end]).toEqual(['A', undefined, undefined]);
    expect(proxy.openConnections).toBe(3);
  });

  it('drops a piece that is too large, and all that follows on its connection', async () => {
    await proxy.set({ toTarget: { largestPieceBytes: 5 } });
    const client = open();
    await exchange(client, 'small');
    client.socket.write('larger');
    const other = open();
    await exchange(other, 'fine');
    client.socket.write('again');
    await exchange(other, 'still');
    expect(seen).toBe('smallfinestill');
    expect([client.received, client.end]).toEqual(['SMALL', undefined]);
  });

  it('refuses new connections and leaves the open ones alone, then listens on the same port again', async () => {
    const early = open();
    await exchange(early, 'a');
    await proxy.set({ welcome: 'refuse' });
    const refused = open();
    const [error] = await once(refused.socket, 'error');
    expect(error).toHaveProperty('code', 'ECONNREFUSED');
    await exchange(early, 'b');
    await proxy.set({});
    const late = open();
    await exchange(late, 'c');
    expect(late.received).toBe('C');
  });

  it('resets new connections when told to, and all open ones at once', async () => {
    const early = open();
    await exchange(early, 'a');
    await proxy.set({ welcome: 'reset' });
    const client = open();
    await eventually(() => client.end === 'reset');
    expect(early.end).toBeUndefined();
    proxy.cutAll();
    await eventually(() => early.end === 'reset');
  });

  it('closes at once, whatever it holds back', async () => {
    await proxy.set({ toTarget: { delayMs: 60_000 }, toClient: { hold: true } });
    const client = open();
    client.socket.write('stuck');
    await eventually(() => proxy.openConnections === 1);
    const begin = Date.now();
    await proxy.close();
    await proxy.close();
    expect(Date.now() - begin).toBeLessThan(1_000);
    await eventually(() => client.end === 'reset');
  });
});
