import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RequestView } from '../../../src/requests/request.ts';

/** A call as the producer gets it. */
export interface Arrival {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Reply = { status?: number; headers?: Record<string, string>; body: unknown } | 'cut' | 'silence';

/** A producer that answers what it is told to: for what a real one cannot be brought to say. */
export class StandIn {
  readonly arrivals: Arrival[] = [];
  readonly #replies: Reply[] = [];
  readonly #server: Server;
  /** In place of reading the body to its end and answering the next reply. */
  handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

  static async start(): Promise<StandIn> {
    const standIn = new StandIn();
    await new Promise<void>((resolve) => {
      standIn.#server.listen(0, '127.0.0.1', resolve);
    });
    return standIn;
  }

  constructor() {
    this.#server = createServer((request, response) => {
      if (this.handle !== undefined) this.handle(request, response);
      else void this.#answer(request, response).catch(() => response.destroy());
    });
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** The next answers, in this order; the last one goes on for ever. */
  answers(...replies: Reply[]): void {
    this.#replies.splice(0, this.#replies.length, ...replies);
  }

  reset(): void {
    this.arrivals.length = 0;
    this.handle = undefined;
    this.answers();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.arrivals.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const reply = (this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0]) ?? { body: {} };
    if (reply === 'silence') return;
    if (reply === 'cut') {
      response.destroy();
      return;
    }
    const { status = 200, headers = {} } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }
}

/** A request as the producer shows it. */
export function shown(fields: Partial<RequestView> = {}): RequestView {
  const none = {
    duplicates: 0,
    claimed: 0,
    submitted: 0,
    parked: 0,
    succeeded: 0,
    absent: 0,
    alreadyDeleted: 0,
    failed: 0,
    cancelled: 0,
  };
  return {
    id: 'r-1',
    kind: 'deletion',
    consumer: 'default',
    state: 'accepted',
    counts: { ...none, total: 1, pending: 1, resent: 0 },
    priority: 'normal',
    createdAt: '2026-11-24T12:00:00.000Z',
    ...fields,
  };
}

/** A refusal as the producer words it. */
export function problem(
  type: string,
  status: number,
  more: { retryAfter?: number; [field: string]: unknown } = {},
): Reply {
  const { retryAfter, ...fields } = more;
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    body: { type: `urn:problem-type:session-queue:${type}`, title: type, status, ...fields },
  };
}
