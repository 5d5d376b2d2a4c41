import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { expressMessages } from './express-messages.ts';

/** How often that is checked, in ms. */
const checkIntervalMs = 1_000;
/** Longer than the idle time of usual load balancers (60 s): they close first, and never write to a closed one. */
const keepAliveTimeoutMs = 65_000;
/** A connection on which nothing moves: its client does not read, or has gone without a word. Longer than any answer takes. */
const stillTimeoutMs = 120_000;
/** While stopping: how often connections that have become idle are closed, in ms. */
const sweepIntervalMs = 50;

export interface HttpServiceOptions {
  port: number;
  /** All addresses when absent. */
  host?: string;
  /** How long requests under way may take to finish after `stop()`, in ms. */
  stopGraceMs: number;
  /** A client that sends its headers slower than this is cut off (10,000; slowloris). */
  headersTimeoutMs?: number;
  /** A connection on which nothing moves for so long is cut (120,000): a client that never reads its answer. */
  stillTimeoutMs?: number;
}

/** An HTTP server with bounds on everything a slow or silent client could hold. */
export class HttpService {
  private readonly server: Server;
  private readonly options: HttpServiceOptions;
  private stopping: Promise<void> | undefined;

  constructor(app: Express, options: HttpServiceOptions) {
    this.options = options;
    this.server = createServer(
      {
        ...expressMessages(app),
        headersTimeout: options.headersTimeoutMs ?? 10_000,
        // How long a body may take depends on what it is: the app says so (body-pace.ts).
        requestTimeout: 0,
        connectionsCheckingInterval: checkIntervalMs,
        keepAliveTimeout: keepAliveTimeoutMs,
        // The app answers such a request itself, with a document.
        requireHostHeader: false,
      },
      app,
    );
    this.server.timeout = options.stillTimeoutMs ?? stillTimeoutMs;
    // RFC 9110, 10.1.1: an expectation that nobody knows may be passed over. Node would answer by itself, and without a document.
    this.server.on('checkExpectation', app);
    this.server.on('clientError', answerClientError);
  }

  /** Resolves to the address once it listens; rejects when the port is taken. */
  async start(): Promise<AddressInfo> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    return address;
  }

  /** Takes no new requests, lets those under way finish within the grace, then cuts them. Safe twice, or unstarted. */
  stop(): Promise<void> {
    this.stopping ??= this.close();
    return this.stopping;
  }

  private async close(): Promise<void> {
    if (!this.server.listening) return;
    const sweep = setInterval(() => this.server.closeIdleConnections(), sweepIntervalMs);
    const cut = setTimeout(() => this.server.closeAllConnections(), this.options.stopGraceMs);
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

const statusOfCode: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What never became a request: answered by hand, since there is no response object for it. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOfCode[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const document = JSON.stringify({ type: 'about:blank', title, status });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(document)}\r\n\r\n${document}`,
  );
}
