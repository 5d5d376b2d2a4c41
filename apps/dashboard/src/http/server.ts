import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A whole request has this long, in ms: forms are small. */
const requestTimeoutMs = 30_000;
/** How often both are checked, in ms. */
const checkIntervalMs = 1_000;
/** A connection on which nothing moves, in ms: its client does not read, or has gone without a word. */
const stillTimeoutMs = 120_000;

export interface ServerOptions {
  port: number;
  /** All interfaces when absent. */
  host: string | undefined;
  /** How long `stop` waits for answers under way before it cuts them (5,000). */
  stopGraceMs?: number;
  /** A client that sends its headers slower than this is cut off (10,000; slowloris). */
  headersTimeoutMs?: number;
}

/** The HTTP server. `stop` ends within its grace, is safe twice and before `start`. */
export class DashboardServer {
  readonly #server: Server;
  readonly #options: ServerOptions;
  #stopping: Promise<void> | undefined;

  constructor(app: RequestListener, options: ServerOptions) {
    this.#server = createServer(
      {
        headersTimeout: options.headersTimeoutMs ?? 10_000,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: checkIntervalMs,
      },
      app,
    );
    this.#server.timeout = stillTimeoutMs;
    this.#options = options;
  }

  /** Listens, and tells where. Rejects when the port is taken. */
  async start(): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port: this.#options.port, host: this.#options.host }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the dashboard listens on a TCP port');
    return address;
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#close();
    await this.#stopping;
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), this.#options.stopGraceMs ?? 5_000);
    await closed;
    clearTimeout(cut);
  }
}
