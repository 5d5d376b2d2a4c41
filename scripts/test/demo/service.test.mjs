import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startService } from '../../demo/service.mjs';

/** @type {string} */
let folder;
/** @type {import('../../demo/service.mjs').Service[]} */
let services;
/** @type {number[]} */
let watched;

/**
 * Starts a small Node program as a service.
 * @param {string} program finds its port in PORT
 * @param {{ port?: number, readyWithinMs?: number, signal?: AbortSignal }} [options]
 */
async function start(program, { port = 0, readyWithinMs = 10_000, signal = new AbortController().signal } = {}) {
  const file = join(folder, 'program.mjs');
  await writeFile(file, program);
  const service = await startService(
    {
      name: 'example',
      port,
      readyPath: '/readyz',
      readyWithinMs,
      command: (chosen) => ({ parameters: [file], env: { PORT: String(chosen) } }),
    },
    {
      logs: folder,
      environment: process.env,
      signal,
      startWatchdog: (pid) => {
        watched.push(pid);
        return () => {
          watched = watched.filter((each) => each !== pid);
        };
      },
    },
  );
  services.push(service);
  return service;
}

const server = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/readyz' && globalThis.ready !== false ? 200 : 503;
    response.end(String(process.pid) + ' not yet');
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
`;

beforeEach(async () => {
  services = [];
  watched = [];
  folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
});
afterEach(async () => {
  for (const service of services) await service.stop();
  await rm(folder, { recursive: true });
});

describe('a service of the demo', () => {
  it('is started, ready, logged to a file, watched over, and stopped in order', async () => {
    const service = await start(`${server} process.on('SIGTERM', () => { console.log('goodbye'); process.exit(); });`);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(watched).toHaveLength(1);
    await service.stop();
    await service.stop();
    expect(service.isRunning()).toBe(false);
    expect(watched).toEqual([]);
    expect(await readFile(service.log, 'utf8')).toBe('listening\ngoodbye\n');
  });

  it('takes another port where the wanted one is taken', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const service = await start(server, { port });
      expect(service.url).not.toContain(`:${port}`);
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    } finally {
      other.close();
      await once(other, 'close');
    }
  });

  it('is ended when its start is given up', async () => {
    const giveUp = new AbortController();
    const starting = start(`globalThis.ready = false; ${server}`, { signal: giveUp.signal });
    while (watched.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    giveUp.abort(new Error('Stopped.'));
    await expect(starting).rejects.toThrow('Stopped.');
    expect(watched).toEqual([]);
  });

  it('shows the end of its log when it ends before it is ready', async () => {
    const failure = start("console.error('REDIS_URL is missing'); process.exitCode = 78;");
    await expect(failure).rejects.toThrow(/example ended before it was ready[\s\S]*REDIS_URL is missing/);
    expect(watched).toEqual([]);
  });

  it('says what it answered when it does not get ready in time, and is ended', async () => {
    const failure = start(`globalThis.ready = false; ${server}`, { readyWithinMs: 1_500 });
    await expect(failure).rejects.toThrow(/was not ready within 1.5 s: \/readyz said 503 \d+ not yet/);
    expect(watched).toEqual([]);
  });
});
