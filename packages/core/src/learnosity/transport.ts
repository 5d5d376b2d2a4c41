import { setMaxListeners } from 'node:events';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { TransportFailure } from './transport-failure.ts';

export interface Exchange {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** From the call of `send` to the last byte of the answer. */
  deadlineMs: number;
  maxAnswerBytes: number;
  /** After this moment (`performance.now()`) nothing of it may leave any more; so long after `send` as the deadline when absent. */
  leaveBy?: number | undefined;
  /** Takes a connection of its own: for calls that must not meet one which the server is just closing. */
  freshConnection?: boolean;
  /** Finds the addresses of a host's name, in place of the system's own way. It is not asked about a host that is an address. */
  lookup?: LookupFunction;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  /** The `Date` header, if any. */
  date: string | undefined;
  /** The `Retry-After` header, if any. */
  retryAfter: string | undefined;
  body: Buffer;
  /** When the headers arrived, on `performance.now()`'s clock. */
  headersAt: number;
}

/**
 * Carries calls over HTTP/1.1 so that one `send` is at most one arrival at the server, as the quota's proof demands:
 * node:http follows no redirect and never sends a request twice, not even one whose kept-alive connection turns out closed
 * (fetch sends a POST again on 421). That one fails as an unknown outcome. Connections are not limited in number: a call
 * that waited for one would arrive after its slot. What limits them is the slots.
 */
export interface Transport {
  /** Rejects with `TransportFailure`; any answer, whatever its status, resolves. */
  send(exchange: Exchange): Promise<Answer>;
  /** Cuts what is on the wire and closes idle connections. */
  stop(): void;
}

/** Servers close idle connections after 5 s (Node, Apache) to 75 s (nginx); a call must not meet that moment. */
const idleConnectionMs = 3_000;
const maxIdleConnections = 64;

export function createTransport(): Transport {
  const options = { keepAlive: true, timeout: idleConnectionMs, maxFreeSockets: maxIdleConnections };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };

  return {
    send: (exchange) => new Promise((resolve, reject) => new Sending(exchange, agents, resolve, reject).start()),
    stop() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** One call on its way: settles once, and leaves neither timer nor socket behind. */
class Sending {
  readonly #exchange: Exchange;
  readonly #agents: { http: HttpAgent; https: HttpsAgent };
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (failure: TransportFailure) => void;
  readonly #leaveBy: number;
  #request: ClientRequest | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;
  /** Set once a byte may have left: until then the call cannot have arrived. */
  #connected = false;
  #response: { status: number; headersAt: number } | undefined;

  constructor(
    exchange: Exchange,
    agents: { http: HttpAgent; https: HttpsAgent },
    resolve: (answer: Answer) => void,
    reject: (failure: TransportFailure) => void,
  ) {
    this.#exchange = exchange;
    this.#leaveBy = Math.min(exchange.leaveBy ?? Number.POSITIVE_INFINITY, performance.now() + exchange.deadlineMs);
    this.#agents = agents;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal, body, deadlineMs } = this.#exchange;
    if (signal?.aborted) {
      this.#fail('ABORTED', signal.reason);
      return;
    }
    const request = this.#open();
    this.#request = request;
    this.#timer = setTimeout(
      () => this.#fail('DEADLINE', new Error(`no whole answer in ${deadlineMs} ms`)),
      deadlineMs,
    );
    if (signal !== undefined) {
      // One signal may stop every call on the wire: Node takes more than ten listeners for a leak, and says so.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', this.#onAbort);
    }
    request.on('response', (response) => this.#receive(response));
    // 'error' may come more than once, and after the end: it always has a listener.
    request.on('error', (error) => this.#fail(codeOf(error), error));
    request.on('close', () => {
      // A response that ends with its connection is read to its end after this.
      if (this.#response === undefined) this.#fail('ECONNRESET', new Error('the connection closed without an answer'));
    });
    request.end(body);
  }

  #open(): ClientRequest {
    const { url, headers, body, freshConnection, lookup } = this.#exchange;
    const secure = url.protocol === 'https:';
    const pooled = secure ? this.#agents.https : this.#agents.http;
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: freshConnection ? false : pooled,
      ...(lookup !== undefined && { lookup }),
      headers: { ...headers, 'Content-Length': String(body.length) },
    });
    // What is written waits for the connection: these listeners run before anything leaves.
    request.on('socket', (socket) => {
      if (request.reusedSocket) this.#leave();
      else socket.once(secure ? 'secureConnect' : 'connect', () => this.#leave());
    });
    return request;
  }

  /** A process that was stopped while it signed or connected wakes here, before its timer: what is late by then must not leave. */
  #leave(): void {
    if (performance.now() < this.#leaveBy) this.#connected = true;
    else this.#fail('DEADLINE', new Error('the deadline passed before the call could leave'));
  }

  #receive(response: IncomingMessage): void {
    const headersAt = performance.now();
    const status = response.statusCode ?? 0;
    this.#response = { status, headersAt };
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      const { maxAnswerBytes } = this.#exchange;
      if (size > maxAnswerBytes) this.#fail('TOO_LARGE', new Error(`the answer is over ${maxAnswerBytes} bytes`));
    });
    response.on('error', (error) => this.#fail(codeOf(error), error));
    response.on('close', () => this.#fail('ECONNRESET', new Error('the answer was cut')));
    response.on('end', () => {
      if (!this.#settle()) return;
      // An answer that came before the whole request was sent leaves a connection that can carry no other.
      if (this.#request?.writableFinished === false) this.#request.destroy();
      const { date, 'retry-after': retryAfter } = response.headers;
      this.#resolve({ status, date, retryAfter, body: Buffer.concat(chunks), headersAt });
    });
  }

  readonly #onAbort = (): void => this.#fail('ABORTED', this.#exchange.signal?.reason);

  #fail(code: string, cause: unknown): void {
    if (!this.#settle()) return;
    this.#request?.destroy();
    this.#reject(new TransportFailure(code, { mayHaveArrived: this.#connected, response: this.#response, cause }));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#exchange.signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

/** Node gives some failures of TLS an empty code: measured when a server changes its certificate in mid-handshake. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' && error.code !== '' ? error.code : 'NETWORK';
}
