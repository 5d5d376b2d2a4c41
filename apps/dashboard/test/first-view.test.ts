import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { giveFigures } from './harness/figures.ts';

leakGuard();

/** What the first view may weigh, in bytes as they cross the network. */
const mostBytes = 100_000;

describe('The first view', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard({ users: [] });
    for (let i = 0; i < 150; i += 1) await giveFigures(dashboard, `school-${i}`, { 'deletion:pending': i * 37 });
  });

  afterAll(async () => await dashboard.stop());

  /** The body as it crosses the network. */
  async function load(
    path: string,
  ): Promise<{ bytes: number; encoding: string | undefined; status: number | undefined }> {
    return await new Promise((resolve, reject) => {
      const request = get(`${dashboard.url}${path}`, {
        headers: { accept: 'text/html,*/*', 'accept-encoding': 'gzip' },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () =>
          resolve({ bytes, encoding: response.headers['content-encoding'], status: response.statusCode }),
        );
      });
    });
  }

  it('with styles, scripts, charts and their numbers weighs under 100 kB', async () => {
    const page = await (await fetch(dashboard.url)).text();
    const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    const script = await (await fetch(`${dashboard.url}/assets/charts.js`)).text();
    const lazy = [...script.matchAll(/'(\/assets\/[^']+)'/g)].map(([, path]) => path ?? '');
    expect(lazy).toHaveLength(2);
    const paths = ['/', '/charts.json', ...new Set([...named, ...lazy])];
    let total = 0;
    for (const path of paths) {
      const { bytes, encoding, status } = await load(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      if (bytes > 2_000) expect({ path, encoding }).toEqual({ path, encoding: 'gzip' });
      total += bytes;
    }
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(mostBytes);
  });

  it('loads nothing from elsewhere', async () => {
    for (const path of ['/', '/assets/dashboard.css', '/assets/live.js', '/assets/charts.js']) {
      const text = await (await fetch(`${dashboard.url}${path}`)).text();
      expect({ path, elsewhere: /(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i.exec(text)?.[0] }).toEqual({ path });
    }
  });

  it('does not compress events, which would wait for each other', async () => {
    const stop = new AbortController();
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip' };
    const events = await fetch(`${dashboard.url}/events`, { headers, signal: stop.signal });
    expect(events.headers.get('content-encoding')).toBeNull();
    stop.abort();
  });
});
