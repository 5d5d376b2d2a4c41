import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { noteOpen } from '../leaks/open-things.ts';
import { Direction } from './direction.ts';
import type { ProxyFaults, Welcome } from './faults.ts';
import { Pipe } from './pipe.ts';

export interface TcpProxyOptions {
  /** Where connections go: a URL with a port, of any scheme. */
  target: string;
  /** Faults from the start on. */
  faults?: ProxyFaults;
}

/** A TCP proxy on loopback that can be made to fail while it runs. */
export interface TcpProxy {
  /** The target's URL with the proxy's address in it. */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Connections that were accepted since the start. */
  readonly acceptedConnections: number;
  /** Replaces all faults, for open connections too; `{}` heals everything. Resolves once they are in force. */
  set(faults: ProxyFaults): Promise<void>;
  /** Resets every open connection. */
  cutAll(): void;
  /**
   * Forgets every open connection, as a NAT does: they stay open and whatever either end sends is dropped, also its end, for
   * good. New ones are not affected.
   */
  forgetAll(): void;
  /** Resets every open connection and stops listening. Safe twice. */
  close(): Promise<void>;
}

export async function startTcpProxy({ target, faults = {} }: TcpProxyOptions): Promise<TcpProxy> {
  const { host, port: targetPort } = parseTarget(target);
  const toTarget = new Direction();
  const toClient = new Direction();
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const pipes = new Set<Pipe>();
  let welcome: Welcome = 'forward';
  let acceptedConnections = 0;

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // An error is always followed by 'close', which is where it is dealt with.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
  };

  const forward = (client: Socket): void => {
    const upstream = connect({ host, port: targetPort, allowHalfOpen: true });
    track(upstream);
    const cut = (): void => {
      reset(client);
      reset(upstream);
    };
    const both = [
      new Pipe({ from: client, to: upstream, direction: toTarget, cut }),
      new Pipe({ from: upstream, to: client, direction: toClient, cut }),
    ];
    for (const pipe of both) pipes.add(pipe);
    for (const socket of [client, upstream]) {
      socket.on('close', (failed) => {
        // What is forgotten is no longer told of the other's end.
        if (failed && both.some((pipe) => pipes.has(pipe))) cut();
        for (const pipe of both) pipes.delete(pipe);
      });
    }
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    acceptedConnections++;
    track(client);
    clients.add(client);
    client.on('close', () => clients.delete(client));
    if (welcome === 'forward') forward(client);
    else if (welcome === 'half-open') client.resume();
    else reset(client);
  });

  const cutAll = (): void => {
    for (const socket of sockets) reset(socket);
  };
  const forgetAll = (): void => {
    for (const pipe of pipes) pipe.swallow();
    pipes.clear();
  };
  const set = async (next: ProxyFaults): Promise<void> => {
    welcome = next.welcome ?? 'forward';
    toTarget.set(next.toTarget ?? {});
    toClient.set(next.toClient ?? {});
    if (welcome === 'refuse') stopListening(server);
    else await listen(server, port);
  };

  let port = 0;
  port = await listen(server, port);
  await set(faults);
  const noteClosed = noteOpen(`TCP proxy on port ${port}`);
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;

  return {
    url: url.href.replace(/\/$/, target.endsWith('/') ? '/' : ''),
    port,
    get openConnections() {
      return clients.size;
    },
    get acceptedConnections() {
      return acceptedConnections;
    },
    set,
    cutAll,
    forgetAll,
    close: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      stopListening(server);
      cutAll();
      await closed;
      noteClosed();
    },
  };
}

function parseTarget(target: string): { host: string; port: number } {
  const { hostname, port } = new URL(target);
  if (port === '') throw new Error('the target of a proxy is a URL with a port');
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

async function listen(server: Server, port: number): Promise<number> {
  if (!server.listening) {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}

/** Frees the port at once; open connections live on. */
function stopListening(server: Server): void {
  if (server.listening) server.close();
}

/** A socket whose end is written already takes no reset any more, and would never close. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
