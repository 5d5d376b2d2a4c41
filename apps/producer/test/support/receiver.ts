import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificate, eventually } from '@session-queue/testing';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

type Respond = (response: ServerResponse) => void;

/** What services run to be told of the end of their requests, on a free port of loopback. */
export class Receiver {
  readonly received: Received[] = [];
  /** What it does with the next ones; after these it answers 204. */
  readonly script: Respond[] = [];
  readonly #server: Server;

  static async start(certificate?: Certificate): Promise<Receiver> {
    const receiver = new Receiver(certificate);
    await new Promise<void>((resolve) => {
      receiver.#server.listen(0, '127.0.0.1', resolve);
    });
    return receiver;
  }

  constructor(certificate?: Certificate) {
    this.#server = certificate === undefined ? createServer() : createSecureServer(certificate);
    this.#server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url: path = '', headers } = request;
        this.received.push({ path, headers, body: Buffer.concat(chunks).toString(), at: performance.now() });
        (this.script.shift() ?? answer(204))(response);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get ids(): unknown[] {
    return this.received.map(({ headers }) => headers['webhook-id']);
  }

  /** Waits until so many have come. */
  until(n: number, timeoutMs = 10_000): Promise<Received[]> {
    const what = `${n} callbacks`;
    return eventually(() => (this.received.length >= n ? this.received : undefined), { timeoutMs, what });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

export function answer(status: number, headers: Record<string, string> = {}, body = ''): Respond {
  return (response) => response.writeHead(status, headers).end(body);
}

/** Never answers. */
export const silence: Respond = () => undefined;
