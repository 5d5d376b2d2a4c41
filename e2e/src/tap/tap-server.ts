import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { PortPair } from './who-connected.ts';

/** One connection through a tap. */
export interface Link {
  /** Of the client with the tap. */
  readonly ports: PortPair;
  toTarget(bytes: Buffer): void;
  toClient(bytes: Buffer): void;
  /** Resets both ends. */
  cut(): void;
}

/** What a tap makes of one connection's bytes. It passes on what it was given, in order, at its time. */
export interface Conversation {
  fromClient(bytes: Buffer): void;
  fromTarget(bytes: Buffer): void;
  closed(): void;
}

/** A listener that reads along: it passes everything between its clients and the target, whole and in order. */
export class TapServer {
  readonly #server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  static async start(targetPort: number, converse: (link: Link) => Conversation): Promise<TapServer> {
    const tap = new TapServer(targetPort, converse);
    await tap.listen();
    return tap;
  }

  private constructor(targetPort: number, converse: (link: Link) => Conversation) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
      this.#join(client, target, converse);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Takes connections (again). */
  async listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    this.#port = address.port;
  }

  /** Refuses new connections; those that are open live on. */
  refuse(): void {
    if (this.#server.listening) this.#server.close();
  }

  cutAll(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  close(): void {
    this.refuse();
    this.cutAll();
  }

  #join(client: Socket, target: Socket, converse: (link: Link) => Conversation): void {
    const cut = (): void => {
      reset(client);
      reset(target);
    };
    const talk = converse({
      ports: { from: client.remotePort ?? 0, to: client.localPort ?? 0 },
      toTarget: (bytes) => void (target.writable && target.write(bytes)),
      toClient: (bytes) => void (client.writable && client.write(bytes)),
      cut,
    });
    for (const socket of [client, target]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // An error is always followed by 'close'.
      socket.on('error', () => undefined);
      socket.on('close', (failed) => {
        this.#sockets.delete(socket);
        if (failed) cut();
      });
    }
    client.on('data', (bytes) => talk.fromClient(bytes));
    target.on('data', (bytes) => talk.fromTarget(bytes));
    client.on('end', () => target.end());
    target.on('end', () => client.end());
    client.on('close', () => {
      target.destroy();
      talk.closed();
    });
  }
}

/** libuv refuses to reset a socket whose end was written, and Node would then never close it. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
