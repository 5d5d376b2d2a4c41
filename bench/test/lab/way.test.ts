import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { parseDelay } from '../../src/lab/delay.ts';
import { startWay, type Way } from '../../src/lab/way.ts';

leakGuard();

let server: Server;
let target = '';
const arrivals: number[] = [];

beforeAll(async () => {
  // Answers with what it was sent; refuses what says so.
  server = createServer((request, response) => {
    arrivals.push(performance.now());
    const said: Buffer[] = [];
    request.on('data', (piece: Buffer) => said.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(said).toString();
      response.writeHead(body === 'refuse' ? 429 : 200, { 'x-method': request.method ?? '' });
      response.end(`${request.url} ${String(request.headers['x-sent'])} ${body}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  target = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function withWay<T>(delay: string, use: (way: Way) => Promise<T>): Promise<T> {
  const way = await startWay(target, parseDelay(delay));
  try {
    return await use(way);
  } finally {
    await way.close();
  }
}

const call = (way: Way, path = '/v1/sessions', body = 'ids') =>
  fetch(`${way.url}${path}`, { method: 'POST', body, headers: { 'x-sent': 'yes' } });

describe('a way', () => {
  test('carries a call and its answer unchanged', async () => {
    await withWay('0', async (way) => {
      const response = await call(way);
      expect([response.status, response.headers.get('x-method')]).toEqual([200, 'POST']);
      expect(await response.text()).toBe('/v1/sessions yes ids');
    });
  });

  test('takes half of its time there and half back', async () => {
    await withWay('80', async (way) => {
      const from = performance.now();
      await (await call(way)).text();
      // Timers may be early by a part of a millisecond.
      expect((arrivals.at(-1) ?? 0) - from).toBeGreaterThanOrEqual(39);
      expect(performance.now() - (arrivals.at(-1) ?? 0)).toBeGreaterThanOrEqual(39);
    });
  });

  test('takes no time where the time goes at the server', async () => {
    await withWay('60000@server', async (way) => {
      expect((await call(way)).status).toBe(200);
    });
  });

  test('notes the calls that send items and were not refused', async () => {
    await withWay('20', async (way) => {
      for (const [path, body] of [['/v1/sessions'], ['/v1/jobs'], ['/v1/sessions', 'refuse']]) {
        await (await call(way, path, body)).text();
      }
      expect(way.roundTrips).toHaveLength(1);
      const [{ leftAt, answeredAt } = { leftAt: 0, answeredAt: 0 }] = way.roundTrips;
      expect(answeredAt - leftAt).toBeGreaterThanOrEqual(19);
    });
  });
});
