import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../../src/learnosity/call.ts';

/** A call as it arrived. */
interface Arrival {
  path: string;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
  request: Record<string, unknown>;
  /** The client's port: tells connections apart. */
  connection: number | undefined;
  /** Settles when the connection is gone. */
  closed: Promise<unknown>;
}

export type Respond = (response: ServerResponse, arrival: Arrival) => void;

/** An HTTP server that answers as a test says, and notes every arrival. */
export interface StandIn {
  readonly url: string;
  readonly arrivals: Arrival[];
  /** Answers to come, in order; the last one stays. */
  answer(...responds: Respond[]): void;
  /** Resolves with the next arrival. */
  nextArrival(): Promise<Arrival>;
  stop(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const arrivals: Arrival[] = [];
  let script: Respond[] = [];
  let waiting: ((arrival: Arrival) => void)[] = [];
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = await readArrival(request);
    arrivals.push(arrival);
    for (const resolve of waiting.splice(0)) resolve(arrival);
    const respond = script.length > 1 ? script.shift() : script[0];
    respond?.(response, arrival);
  }
  const server = createServer((request, response) => {
    // A call that is cut before its end is no arrival.
    take(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    answer: (...responds) => {
      script = responds;
    },
    nextArrival: () => new Promise((resolve) => (waiting = [...waiting, resolve])),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readArrival(request: IncomingMessage): Promise<Arrival> {
  const closed = new Promise((resolve) => request.socket.once('close', resolve));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  return {
    path: request.url ?? '',
    headers: request.headers,
    form,
    request: JSON.parse(form.get('request') ?? '{}'),
    connection: request.socket.remotePort,
    closed,
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function success(data: unknown, meta: Record<string, unknown> = {}): Respond {
  return json(200, { meta: { status: true, timestamp: 1_433_375_442, ...meta }, data });
}

export function failure(status: number, code: number, message: string, headers: Record<string, string> = {}): Respond {
  return json(status, { meta: { status: false, timestamp: 1_433_375_442, code, message } }, headers);
}

export function accountAt(baseUrl: string): Account {
  return {
    key: 'yis0TYCu7U9V4o7M',
    secret: '74c5fd430cf1242a527f6223aebd42d30464be22',
    domain: 'localhost',
    baseUrl,
    ltsVersion: 'v2026.2.LTS',
  };
}
