import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  eventually,
  freePort,
  leakGuard,
  startTcpProxy,
  type TcpProxy,
  type TestRedis,
  testRedis,
} from '@session-queue/testing';
import { newKey } from '../src/auth/new-key.ts';
import { problemIn } from './support/problem.ts';
import { type ProducerProcess, spawnProducer } from './support/producer-process.ts';

leakGuard();

const plainTokens = 'PRODUCER_API_KEYS holds tokens that may do everything: a file with hashes and scopes is better';

describe('the producer as a process', () => {
  let producer: ProducerProcess | undefined;
  let redis: TestRedis | undefined;
  let proxy: TcpProxy | undefined;

  afterEach(async () => {
    producer?.child.kill('SIGKILL');
    await producer?.exited;
    await proxy?.close();
    await redis?.stop();
    proxy = undefined;
    redis = undefined;
  });

  async function start(environment: Record<string, string>): Promise<string> {
    producer = spawnProducer({ PRODUCER_PORT: '0', ...environment });
    const { port } = await producer.logged('listening');
    return `http://127.0.0.1:${String(port)}`;
  }

  /** Listens before its connection to Redis is there, and answers 503 until then. */
  async function startReady(environment: Record<string, string>): Promise<string> {
    const url = await start(environment);
    await eventually(async () => (await fetch(`${url}/readyz`)).ok);
    return url;
  }

  test('does not start on wrong settings, names them all and exits 78', async () => {
    producer = spawnProducer({ PRODUCER_PORT: 'x', PRODUCER_HOST: '0.0.0.0', RETENTION_DAYS: '-1' });
    expect(await producer.exited).toBe(78);
    for (const name of ['PRODUCER_PORT', 'PRODUCER_HOST', 'RETENTION_DAYS']) expect(producer.stderr()).toContain(name);
    expect(producer.log).toEqual([]);
  });

  test('says when its port is taken and nothing else, and exits 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    redis = await testRedis();
    producer = spawnProducer({ PRODUCER_PORT: String(port), REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix });
    expect(await producer.exited).toBe(1);
    expect(producer.log.map(({ level }) => level)).toEqual(['fatal', 'info', 'info']);
    expect(await producer.logged('cannot listen (PRODUCER_PORT, METRICS_PORT, PRODUCER_HOST)')).toMatchObject({ port });
    other.close();
  });

  test('accepts a request over HTTP, and ends in order on SIGTERM', async () => {
    redis = await testRedis();
    const url = await startReady({
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      PRODUCER_API_KEYS: 'billing:token-1,support:token-2',
      PRODUCER_HOST: '127.0.0.1',
    });
    expect((await fetch(`${url}/v1/requests/x`)).status).toBe(401);
    const response = await fetch(`${url}/v1/deletions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer token-2' },
      body: JSON.stringify({ sessionIds: ['a'] }),
    });
    expect(response.status).toBe(202);
    const view = await fetch(`${url}${response.headers.get('location')}`, {
      headers: { Authorization: 'Bearer token-1' },
    });
    expect(await view.json()).toMatchObject({ requestedBy: 'support', counts: { total: 1 } });
    producer?.child.kill('SIGTERM');
    expect(await producer?.exited).toBe(0);
    expect(producer?.log.map(({ msg }) => msg)).toContain('stopped');
    expect(JSON.stringify(producer?.log)).not.toMatch(/token-[12]/);
  });

  test('knows the keys of a file by their hashes, and forgets one that is taken out of it', async () => {
    redis = await testRedis();
    const folder = await mkdtemp(join(tmpdir(), 'producer-'));
    const file = join(folder, 'keys.json');
    const keys = [newKey({ name: 'lms', scopes: ['request:read'] }), newKey({ name: 'ops', scopes: ['request:read'] })];
    await writeFile(file, JSON.stringify(keys.map(({ entry }) => entry)));
    const url = await startReady({
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      PRODUCER_API_KEYS: 'old:token-1',
      PRODUCER_API_KEYS_FILE: file,
      PRODUCER_HOST: '127.0.0.1',
      PRODUCER_RATE_PER_MINUTE: '5000',
    });
    expect(await producer?.logged(plainTokens)).toMatchObject({ level: 'warn' });
    const call = async (token = '') =>
      await fetch(`${url}/v1/requests/x`, { headers: { Authorization: `Bearer ${token}` } });
    const [lms, ops] = keys.map(({ token }) => token);
    expect((await call(lms)).headers.get('ratelimit-policy')).toContain('q=5000');
    expect([(await call(lms)).status, (await call(ops)).status, (await call('token-1')).status]).toEqual([
      404, 404, 404,
    ]);
    await writeFile(file, JSON.stringify(keys.slice(1).map(({ entry }) => entry)));
    await producer?.logged('the file of API keys was read anew');
    expect([(await call(lms)).status, (await call(ops)).status]).toEqual([401, 404]);
    producer?.child.kill('SIGTERM');
    expect(await producer?.exited).toBe(0);
    expect(JSON.stringify(producer?.log)).not.toMatch(/sq_|token-1|sha256/);
    await rm(folder, { recursive: true });
  });

  test('lets an upload that goes on come to its end before it stops', async () => {
    redis = await testRedis();
    const url = await startReady({ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix });
    const headers = { 'Content-Type': 'text/csv' };
    const upload = request(`${url}/v1/deletions`, { method: 'POST', headers, agent: new Agent({ keepAlive: true }) });
    const answer = once(upload, 'response');
    const ids = (from: number) => Array.from({ length: 20_000 }, (_, n) => `session-${from + n}\n`).join('');
    await new Promise<void>((sent) => upload.write(ids(0), () => sent()));
    producer?.child.kill('SIGTERM');
    await producer?.logged('stopping');
    await eventually(
      async () =>
        await fetch(`${url}/healthz`).then(
          () => false,
          () => true,
        ),
    );
    upload.end(ids(20_000));
    const [response] = (await answer) as [IncomingMessage];
    expect(response.statusCode).toBe(202);
    expect(JSON.parse(await text(response))).toMatchObject({ counts: { total: 40_000 } });
    const from = performance.now();
    expect(await producer?.exited).toBe(0);
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  test('starts and says what is wrong while Redis is away, and needs no API keys on loopback', async () => {
    const url = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(await producer?.logged('no API keys are set (PRODUCER_API_KEYS): listening on loopback only')).toMatchObject(
      {
        level: 'warn',
      },
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    const message = 'Redis does not answer (no connection): check that it runs, and REDIS_URL';
    expect([ready.status, await ready.json()]).toMatchObject([503, { problems: [{ code: 'unreachable', message }] }]);
    const startedAt = performance.now();
    const response = await fetch(`${url}/v1/deletions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' },
      body: JSON.stringify({ sessionIds: ['a'] }),
    });
    expect(await problemIn(response)).toMatchObject({ status: 503, requestId: expect.any(String) });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    producer?.child.kill('SIGTERM');
    expect(await producer?.exited).toBe(0);
  });

  describe('whose connection to Redis goes half-open', () => {
    async function startBehindProxy(): Promise<{ url: string; between: TcpProxy }> {
      redis = await testRedis();
      const between = await startTcpProxy({ target: redis.url });
      proxy = between;
      const url = await startReady({ REDIS_URL: between.url, REDIS_PREFIX: redis.prefix });
      return { url, between };
    }

    async function ask(url: string): Promise<Response> {
      return await fetch(`${url}/v1/deletions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' },
        body: JSON.stringify({ sessionIds: ['a'] }),
      });
    }

    test('answers 503 in time, and makes a new one by itself', async () => {
      const { url, between } = await startBehindProxy();
      const connections = between.acceptedConnections;
      between.forgetAll();
      const from = performance.now();
      const response = await ask(url);
      expect(await problemIn(response)).toMatchObject({ status: 503, requestId: expect.any(String) });
      expect(performance.now() - from).toBeLessThan(5_000);
      await eventually(async () => (await ask(url)).status === 202, { timeoutMs: 15_000, intervalMs: 250 });
      expect(between.acceptedConnections).toBeGreaterThan(connections);
    }, 30_000);

    test.each([
      ['forgotten', async (between: TcpProxy) => between.forgetAll()],
      [
        'made anew and never answered',
        async (between: TcpProxy) => {
          await between.set({ welcome: 'half-open' });
          between.cutAll();
          const connections = between.acceptedConnections;
          await eventually(() => between.acceptedConnections > connections);
        },
      ],
    ])(
      'ends in order within its bound while it is %s',
      async (_what, breakIt) => {
        const { url, between } = await startBehindProxy();
        await breakIt(between);
        const asked = ask(url).then(
          ({ status }) => status,
          () => 'refused',
        );
        const from = performance.now();
        producer?.child.kill('SIGTERM');
        expect(await producer?.exited).toBe(0);
        // What is under way hears within 5 s; 2 s for the queue and 2 s for the connection.
        expect(performance.now() - from).toBeLessThan(15_000);
        expect(await asked).not.toBe(202);
      },
      30_000,
    );
  });
});
