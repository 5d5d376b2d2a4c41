import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { answerMetrics, type MetricsText } from './answer-metrics.ts';

/** How long a client may take over its request, and how often that is checked, in ms. */
const bounds = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** A connection on which nothing moves, in ms: its client does not read. */
const stillTimeoutMs = 60_000;

export interface MetricsServerOptions {
  text: MetricsText;
  port: number;
  /** All addresses when absent. */
  host?: string | undefined;
  logger: Logger;
}

/** `GET /metrics` on a port of its own, for Prometheus: whoever can reach it may read it, and it holds no id of anybody's. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer(bounds, (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
        response.writeHead(404, { 'Content-Type': 'text/plain' });
        response.end('GET /metrics is all there is here.\n');
        return;
      }
      answerMetrics(options.text, response).catch((error: unknown) => {
        options.logger.error({ err: error }, 'the metrics could not be told');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    this.#server.timeout = stillTimeoutMs;
  }

  /** Answers with the port in use. Rejects when it is taken. */
  async start(): Promise<number> {
    const { port, host } = this.#options;
    this.#server.listen({ port, ...(host === undefined ? {} : { host }) });
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
