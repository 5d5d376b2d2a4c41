import { afterEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { pino } from 'pino';
import { ConsumerLabel, createRegistry, MetricsServer, type MetricsText } from '../../src/metrics/index.ts';

leakGuard();

const logger = pino({ level: 'silent' });
let server: MetricsServer | undefined;
afterEach(() => server?.stop());

async function serve(text: MetricsText): Promise<string> {
  server = new MetricsServer({ text, port: 0, host: '127.0.0.1', logger });
  return `http://127.0.0.1:${await server.start()}`;
}

describe('consumers in metrics', () => {
  test('have their names up to the bound, and share one beyond it', () => {
    const label = new ConsumerLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map((name) => label.of(name))).toEqual(['a', 'b', 'other', 'a', 'other']);
  });

  test('are 200 at most', () => {
    const label = new ConsumerLabel();
    const named = new Set(Array.from({ length: 1_000 }, (_, i) => label.of(`c${i}`)));
    expect(named.size).toBe(201);
  });
});

describe('an app that tells its metrics', () => {
  test('says what it is and how its process does', async () => {
    const url = await serve(() => createRegistry('producer').metrics());
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^session_queue_build_info\{app="producer",version="\d+\.\d+\.\d+",node="v\d+.*"\} 1$/m);
    expect(text).toContain('process_resident_memory_bytes');
  });

  test('answers nothing else, and goes on after a failure', async () => {
    let fails = true;
    const url = await serve(async () => {
      if (fails) throw new Error('planted-secret');
      return 'up 1\n';
    });
    expect((await fetch(`${url}/else`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
    const failed = await fetch(`${url}/metrics`);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('planted-secret');
    fails = false;
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('up 1\n');
  });

  test('rejects where its port is taken', async () => {
    const url = await serve(async () => '');
    const second = new MetricsServer({
      text: async () => '',
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      logger,
    });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
