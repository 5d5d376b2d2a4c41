import autocannon from 'autocannon';
import type { NodeProcess } from '../lab/node-process.ts';

export interface Measured {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Processor time of the server for each request, µs. */
  serverMicros: number;
}

export interface Load {
  connections: number;
  seconds: number;
  idsPerRequest: number;
}

/** Posts deletions as fast as they are answered; throws when any is answered with anything but 202. */
export async function post(
  { url, process }: { url: string; process: NodeProcess },
  { connections, seconds, idsPerRequest }: Load,
): Promise<Measured> {
  const before = process.cpuSeconds();
  const bodies = new Bodies(idsPerRequest);
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/v1/deletions',
        headers: { 'Content-Type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: bodies.next() }),
      },
    ],
  });
  const others = result.requests.total - result['2xx'] + result.errors + result.timeouts;
  // Requests under way at the end are counted as sent, and never answered.
  if (result.non2xx > 0 || others > connections)
    throw new Error(`${url}: ${result.non2xx} were refused, ${others} failed`);
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    serverMicros: ((process.cpuSeconds() - before) / result['2xx']) * 1e6,
  };
}

/** Bodies with ids of which none comes twice, made with little work: what makes them shares the processor with what is measured. */
class Bodies {
  readonly #ids: number;
  #next = Math.floor(Math.random() * 2 ** 40);

  constructor(ids: number) {
    this.#ids = ids;
  }

  next(): string {
    const ids: string[] = [];
    for (let i = 0; i < this.#ids; i += 1) {
      this.#next += 1;
      ids.push(`"00000000-0000-4000-8000-${this.#next.toString(16).padStart(12, '0')}"`);
    }
    return `{"sessionIds":[${ids.join(',')}]}`;
  }
}
