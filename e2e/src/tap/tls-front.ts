import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import type { Certificate } from '@session-queue/testing';
import type { PortPair } from './who-connected.ts';

/** What a client finds that opens a connection: a certificate, an alert in mid-handshake, or a server that speaks no TLS. */
export type Welcome = Certificate | 'alert' | 'plain text';

export interface FrontFaults {
  /** As at the start when absent. */
  welcome?: Welcome;
  /** With `false` no connection is kept for a further call: whoever calls has to resolve the name and to open one. */
  keep?: boolean;
}

/** TLS 1.2 record, fatal, handshake_failure (RFC 8446, 6.2). */
const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
/** As a web server answers TLS on its plain port. */
const plainText = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/**
 * HTTPS before a target that speaks plain HTTP: each call goes on in a connection of its own. Calls under way are answered,
 * whatever changes; connections that are not to be kept close once nothing is under way on them.
 */
export class TlsFront {
  readonly #targetPort: number;
  readonly #https;
  readonly #tcp;
  readonly #clients = new Map<number, PortPair>();
  readonly #sockets = new Set<Socket>();
  readonly #usual: Certificate;
  #welcome: Welcome;
  #keep = true;

  static async start(targetPort: number, usual: Certificate): Promise<TlsFront> {
    const front = new TlsFront(targetPort, usual);
    front.#tcp.listen(0, '127.0.0.1');
    await once(front.#tcp, 'listening');
    return front;
  }

  private constructor(targetPort: number, usual: Certificate) {
    this.#targetPort = targetPort;
    this.#usual = usual;
    this.#welcome = usual;
    this.#https = createHttpsServer({ ...usual }, (request, response) => this.#passOn(request, response));
    // A client that finds the certificate wanting goes, and says so.
    this.#https.on('tlsClientError', () => undefined);
    this.#tcp = createServer((socket) => this.#meet(socket));
  }

  get port(): number {
    const address = this.#tcp.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    return address.port;
  }

  /** The connection of the client whose call goes on from a port of ours. */
  clientOf(ownPort: number): PortPair | undefined {
    return this.#clients.get(ownPort);
  }

  /** Replaces all faults; `{}` heals everything. */
  set({ welcome = this.#usual, keep = welcome === this.#usual }: FrontFaults): void {
    this.#welcome = welcome;
    this.#keep = keep;
    if (typeof welcome === 'object') this.#https.setSecureContext(welcome);
    if (!keep) this.#https.closeIdleConnections();
  }

  async close(): Promise<void> {
    const closed = this.#tcp.listening ? once(this.#tcp, 'close') : undefined;
    this.#tcp.close();
    this.#https.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #meet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    if (typeof this.#welcome === 'object') this.#https.emit('connection', socket);
    else {
      const answer = this.#welcome === 'alert' ? alert : plainText;
      socket.once('data', () => socket.end(answer));
    }
  }

  #passOn(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers, socket } = request;
    const onward = httpRequest({ port: this.#targetPort, host: '127.0.0.1', agent: false, method, path: url, headers });
    onward.on('socket', (own) => {
      own.once('connect', () => {
        if (own.localPort === undefined) return;
        this.#clients.set(own.localPort, { from: socket.remotePort ?? 0, to: socket.localPort ?? 0 });
      });
    });
    onward.on('response', (answer) => {
      if (!this.#keep) response.setHeader('connection', 'close');
      response.writeHead(answer.statusCode ?? 502, withoutConnection(answer));
      answer.pipe(response);
      answer.on('error', () => socket.destroy());
    });
    onward.on('error', () => socket.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

const ofConnection = new Set(['connection', 'keep-alive']);

/** Of the connection behind; the one before has its own. */
function withoutConnection({ headers }: IncomingMessage): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)));
}
