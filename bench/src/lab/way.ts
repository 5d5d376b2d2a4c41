import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delay } from './delay.ts';

/** As the stand-in keeps them: longer than any client does, so that none is closed under a call that is on its way. */
const keepAliveMs = 120_000;

/** When a call was begun and when its answer was there, by one clock, ms. */
export interface RoundTrip {
  leftAt: number;
  answeredAt: number;
}

/**
 * A way to the Data API, and a look at what goes by it. Where the delay is on the way, half of it is there and half back, each drawn
 * afresh for every call.
 */
export interface Way {
  readonly url: string;
  /** Of the calls to `/sessions` that were not refused. */
  readonly roundTrips: readonly RoundTrip[];
  close(): Promise<void>;
}

export async function startWay(target: string, { leastMs, mostMs, where }: Delay): Promise<Way> {
  const agent = new Agent({ keepAlive: true });
  const roundTrips: RoundTrip[] = [];
  const oneWay = async () => {
    if (where === 'on the way') await pause((leastMs + Math.random() * (mostMs - leastMs)) / 2);
  };

  const carry = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const leftAt = performance.now();
    const body = await bytesOf(incoming);
    await oneWay();
    const answer = await send(`${target}${incoming.url}`, incoming, body, agent);
    const answered = await bytesOf(answer);
    await oneWay();
    // These speak of one connection, and there are two.
    const { connection: _, 'keep-alive': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, headers).end(answered);
    if (answer.statusCode === 200 && incoming.url?.endsWith('/sessions')) {
      roundTrips.push({ leftAt, answeredAt: performance.now() });
    }
  };
  const server = createServer((incoming, outgoing) => {
    // Whoever is killed amid a call leaves it lying: the caller sees its connection cut.
    carry(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 1_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    roundTrips,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function send(url: string, { method, headers }: IncomingMessage, body: Buffer, agent: Agent) {
  const call = request(url, { method, headers, agent });
  const answered = once(call, 'response');
  call.end(body);
  const [answer]: IncomingMessage[] = await answered;
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
