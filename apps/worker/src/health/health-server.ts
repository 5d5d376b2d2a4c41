import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMetrics, type MetricsText } from '@session-queue/core/metrics';
import type { Logger } from 'pino';
import type { OverduePart } from '../watchdog/watchdog.ts';
import { LoopDelay } from './loop-delay.ts';
import type { Readiness } from './readiness.ts';

/** How long a client may take over its request, and how often that is checked, in ms. */
const bounds = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** A connection on which nothing moves, in ms: its client does not read. */
const stillTimeoutMs = 60_000;

export interface HealthServerOptions {
  port: number;
  readiness: () => Promise<Readiness>;
  /** Parts that show no sign of life although Redis answers. */
  overdue: () => readonly OverduePart[];
  metrics: MetricsText;
  logger: Logger;
}

/**
 * `GET /healthz`: no part of the process has hung, and how long its event loop was held up since the last time. `GET /readyz`: it
 * can do its work, and if not, why. `GET /metrics` is for Prometheus. On every interface.
 */
export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #server: Server;
  readonly #loopDelay = new LoopDelay();

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = createServer(bounds, (request, response) => {
      const answered =
        request.method === 'GET' && request.url?.split('?')[0] === '/metrics'
          ? answerMetrics(options.metrics, response)
          : this.#answer(request.method ?? '', request.url ?? '').then(({ status, body }) => {
              response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
              response.end(JSON.stringify(body));
            });
      answered.catch((error: unknown) => {
        options.logger.error({ err: error }, 'a request about health could not be answered');
        response.destroy();
      });
    });
    this.#server.timeout = stillTimeoutMs;
  }

  /** Answers with the port in use. Rejects when it is taken. */
  async start(): Promise<number> {
    this.#loopDelay.start();
    this.#server.listen(this.#options.port);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#loopDelay.stop();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(method: string, url: string): Promise<{ status: number; body: unknown }> {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: { status: 'method not allowed' } };
    if (url === '/healthz') return this.#health();
    if (url !== '/readyz') return { status: 404, body: { status: 'not found' } };
    try {
      const readiness = await this.#options.readiness();
      return { status: readiness.ready ? 200 : 503, body: readiness };
    } catch (error) {
      this.#options.logger.error({ err: error }, 'readiness could not be told');
      return {
        status: 503,
        body: { ready: false, problems: [{ code: 'unknown', message: 'readiness could not be told' }] },
      };
    }
  }

  #health(): { status: number; body: unknown } {
    const overdue = this.#options.overdue();
    const eventLoopDelay = this.#loopDelay.take();
    if (overdue.length === 0) return { status: 200, body: { status: 'ok', eventLoopDelay } };
    return { status: 503, body: { status: 'overdue', overdue, eventLoopDelay } };
  }
}
