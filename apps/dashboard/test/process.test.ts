import { afterEach, describe, expect, it } from '@jest/globals';
import { SessionQueueClient } from '@session-queue/core';
import {
  eventually,
  freePort,
  leakGuard,
  type RedisServer,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from '@session-queue/testing';
import { Redis } from 'ioredis';
import { DashboardProcess } from './harness/dashboard-process.ts';
import { Visitor } from './harness/visitor.ts';

leakGuard();

/** A page that is read anew each time: of the overview what was read 2 s ago does. */
const neverRead = '/requests?id=nobody';

describe('The built dashboard', () => {
  let running: DashboardProcess | undefined;
  let redis: RedisServer | undefined;
  let proxy: TcpProxy | undefined;

  afterEach(async () => {
    await running?.stop('SIGKILL');
    await proxy?.close();
    await redis?.stop();
    running = undefined;
    proxy = undefined;
    redis = undefined;
  });

  async function status(url: string, path: string): Promise<number> {
    return (await new Visitor({ url }).get(path)).status;
  }

  it('names every wrong setting at once, never a value, and exits 78', async () => {
    running = new DashboardProcess({ DASHBOARD_PORT: 'seventy', DASHBOARD_HOST: '0.0.0.0', DASHBOARD_USERS: '' });
    expect(await running.exitCode()).toBe(78);
    const said = running.lines.join('\n');
    expect(said).toContain('DASHBOARD_PORT must be a whole number from 0 to 65535');
    expect(said).toContain('DASHBOARD_HOST must be 127.0.0.1 while DASHBOARD_USERS_FILE,');
    expect(said).not.toContain('seventy');
  });

  it('starts without Redis and says so, shows the queues once Redis is there, and again after an outage', async () => {
    const port = await freePort();
    running = new DashboardProcess({ REDIS_URL: `redis://127.0.0.1:${port}` });
    const url = await running.url();
    expect(await running.says('everyone on it is an admin')).toContain('"level":"warn"');
    expect(await status(url, '/healthz')).toBe(200);
    expect(await status(url, '/readyz')).toBe(503);
    const away = await new Visitor({ url }).get('/');
    expect(away.status).toBe(503);
    const page = await away.text();
    expect(page).toContain('Redis is away');
    expect(page).toContain('http-equiv="refresh"');

    const shown = async () =>
      (await status(url, '/readyz')) === 200 &&
      (await status(url, '/')) === 200 &&
      (await new Visitor({ url }).api('get', '/api/queues')).status === 200;
    redis = await startRedis({ port });
    await eventually(shown, { timeoutMs: 10_000, what: 'the overview with Redis there' });
    await redis.kill();
    await eventually(async () => (await status(url, '/readyz')) === 503, { what: 'not ready without Redis' });
    expect(await status(url, '/')).toBe(503);
    await redis.restart();
    await eventually(shown, { timeoutMs: 10_000, what: 'the overview after the outage' });
  });

  it('answers within seconds while Redis hangs', async () => {
    redis = await startRedis();
    running = new DashboardProcess({ REDIS_URL: redis.url });
    const url = await running.url();
    await eventually(async () => (await status(url, '/')) === 200, { what: 'the overview' });
    await redis.kill('SIGSTOP');
    const began = performance.now();
    const [page, board] = [
      await new Visitor({ url }).get(neverRead),
      await new Visitor({ url }).api('get', '/api/queues'),
    ];
    expect([page.status, board.status]).toEqual([503, 500]);
    expect(performance.now() - began).toBeLessThan(9_000);
    await redis.kill('SIGCONT');
    await eventually(async () => (await status(url, '/')) === 200, { what: 'the overview again' });
  });

  it('answers 503 within seconds once its connection is half-open, makes a new one, and ends in order while that is', async () => {
    redis = await startRedis();
    proxy = await startTcpProxy({ target: redis.url });
    running = new DashboardProcess({ REDIS_URL: proxy.url });
    const url = await running.url();
    await eventually(async () => (await status(url, '/')) === 200, { what: 'the overview' });
    proxy.forgetAll();
    const began = performance.now();
    expect(await status(url, neverRead)).toBe(503);
    expect(performance.now() - began).toBeLessThan(5_000);
    await eventually(async () => (await status(url, '/')) === 200, { timeoutMs: 15_000, what: 'the overview again' });
    proxy.forgetAll();
    const stopped = performance.now();
    expect(await running.stop()).toBe(0);
    expect(performance.now() - stopped).toBeLessThan(10_000);
  }, 40_000);

  it('shows what Session Queue has accepted, and that deletions are stopped', async () => {
    redis = await startRedis();
    running = new DashboardProcess({ REDIS_URL: redis.url, REDIS_PREFIX: 'school' });
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const client = new SessionQueueClient({ redis: connection, prefix: 'school' });
    try {
      const sessionIds = ['a-session', 'another-session', 'another-session'];
      const { id } = await client.deleteSessions({ sessionIds, consumer: 'school-a', reason: 'ticket 4711' });
      await client.stopKind('deletion', 'wrong school');
      const url = await running.url();
      await eventually(async () => (await status(url, '/readyz')) === 200, { what: 'the connection to Redis' });
      const visitor = new Visitor({ url });
      const request = await (await visitor.get(`/requests?id=${id}`)).text();
      expect(request).toContain('Deletion of 2 items');
      expect(request).toContain('1 duplicate left out');
      expect(request).toContain(`href="/queues/queue/deletion.requests/${id}"`);
      const job = await (await visitor.api('get', `/api/queues/deletion.requests/${id}`)).text();
      expect(job).toContain('ticket 4711');
      const overview = await (await visitor.get('/')).text();
      expect(overview).toContain('<h3>Every deletion is stopped</h3>');
      expect(overview).toContain(': wrong school</p>');
      expect(overview).toContain('Nothing is sent; 2 items to go.');
      for (const page of [request, job, overview]) expect(page).not.toContain('a-session');
      expect((await visitor.act('/actions/retry', { id })).status).toBe(409);
      expect((await visitor.act('/actions/start-kind', { kind: 'deletion' })).status).toBe(303);
      expect((await visitor.act('/actions/hold', { id })).status).toBe(303);
      expect(await client.getRequest(id)).toMatchObject({ state: 'held' });
      const log = await (await visitor.get('/audit')).text();
      for (const told of ['start-kind', 'hold', id, 'ticket 4711', 'refused']) expect(log).toContain(told);
    } finally {
      await client.close();
      connection.disconnect();
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends in order on %s', async (signal) => {
    redis = await startRedis();
    running = new DashboardProcess({ REDIS_URL: redis.url, DASHBOARD_USERS: 'ada:first-password:admin' });
    const url = await running.url();
    expect(await status(url, '/sign-in')).toBe(200);
    expect(running.lines.join('\n')).not.toContain('first-password');
    const began = performance.now();
    expect(await running.stop(signal)).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('ends in order without Redis as well', async () => {
    running = new DashboardProcess({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    await running.url();
    const began = performance.now();
    expect(await running.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('says that its port is taken, and exits 1', async () => {
    const port = await freePort();
    redis = await startRedis({ port });
    running = new DashboardProcess({ REDIS_URL: redis.url, DASHBOARD_PORT: String(port) });
    expect(await running.exitCode()).toBe(1);
    expect(running.lines.join('\n')).toContain('EADDRINUSE');
  });
});
