import { connect, type Socket } from 'node:net';

/** A way to hold a connection for as long as one is let. */
export interface Slowness {
  what: string;
  /** What is sent at once. */
  start: string;
  /** What is sent bit by bit. */
  drip: string;
  /** Whether answers are read. */
  reads: boolean;
}

const dripMs = 500;

/** Many connections that are all slow in one way; how many the server still keeps. */
export class SlowClients {
  readonly #sockets: Socket[];
  readonly #open = new Set<Socket>();
  readonly #dripping: NodeJS.Timeout;

  constructor(port: number, count: number, { start, drip, reads }: Slowness) {
    this.#sockets = Array.from({ length: count }, () => {
      const socket = connect(port, '127.0.0.1');
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#open.delete(socket));
      if (reads) socket.resume();
      else socket.pause();
      socket.write(start);
      return socket;
    });
    this.#dripping = setInterval(() => {
      for (const socket of this.#open) if (!socket.destroyed) socket.write(drip);
    }, dripMs);
  }

  get open(): number {
    return this.#open.size;
  }

  close(): void {
    clearInterval(this.#dripping);
    for (const socket of this.#sockets) socket.destroy();
  }
}
