import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, freePort, leakGuard, type RedisServer, startRedis, startTcpProxy } from '@session-queue/testing';
import { Cluster } from 'ioredis';
import { connectRedis, type RedisRole } from '../../src/redis/connect.ts';
import { untilRedisReady } from '../../src/redis/until-ready.ts';
import { capturedLog } from './captured-log.ts';
import { closing, connect, connectReady } from './connections.ts';

leakGuard();

describe('a connection', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  test('takes the database of its URL', async () => {
    const redis = await connectReady({ url: `${server.url}/3` }, 'worker');
    await redis.set('where', 'db 3');
    expect(await redis.info('keyspace')).toContain('db3:keys=1');
  });

  test('signs in with the user and password of its URL', async () => {
    const admin = await connectReady({ url: server.url }, 'worker');
    await admin.call('acl', ['setuser', 'app', 'on', '>p@ss:w/rd', '~*', '&*', '+@all']);
    const url = `redis://app:${encodeURIComponent('p@ss:w/rd')}@127.0.0.1:${server.port}`;
    const redis = await connectReady({ url }, 'producer');
    expect(await redis.call('acl', ['whoami'])).toBe('app');
  });

  test('is refused for a URL that is none, without repeating it', () => {
    const { logger } = capturedLog();
    expect(() => connectRedis({ url: 'private' }, 'worker', logger)).toThrow(/^the Redis URL must look like/);
  });

  test('that is not ready in time is told so', async () => {
    const proxy = await startTcpProxy({ target: server.url, faults: { welcome: 'half-open' } });
    const redis = connect({ url: proxy.url }, 'producer');
    await expect(untilRedisReady(redis, 100)).rejects.toThrow('Redis was not ready within 100 ms');
    await proxy.close();
  });
});

describe('the role of a producer', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  test('fails commands at once while Redis is away: nothing is queued', async () => {
    const redis = connect({ url: `redis://127.0.0.1:${await freePort()}` }, 'producer');
    const from = performance.now();
    await expect(redis.incr('n')).rejects.toThrow();
    expect(performance.now() - from).toBeLessThan(500);
  });

  test('never sends a command again whose reply was lost', async () => {
    const proxy = await startTcpProxy({ target: server.url });
    const redis = await connectReady({ url: proxy.url }, 'producer');
    await proxy.set({ toClient: { cutAfterBytes: 0, times: 1 } });
    await expect(redis.incr('once')).rejects.toThrow();
    await proxy.set({});
    await untilRedisReady(redis, 5_000);
    expect(await redis.get('once')).toBe('1');
    await proxy.close();
  });

  test('gives a command up while an HTTP handler can still answer 503 (5 s)', async () => {
    const proxy = await startTcpProxy({ target: server.url });
    const redis = await connectReady({ url: proxy.url }, 'producer');
    await proxy.set({ toClient: { hold: true } });
    const from = performance.now();
    await expect(redis.get('n')).rejects.toThrow('Command timed out');
    expect(performance.now() - from).toBeLessThan(4_500);
    await proxy.close();
  });
});

describe('the role of a worker', () => {
  test('waits for Redis as long as it takes', async () => {
    const server = await startRedis();
    const redis = await connectReady({ url: server.url }, 'worker');
    await redis.set('kept', 'yes');
    await server.kill('SIGKILL');
    const asked = redis.get('kept');
    await server.restart();
    expect(await asked).toBe('yes');
    await server.stop();
  });

  test('sends a command again whose reply was lost, so its scripts run twice (invariant 11)', async () => {
    const server = await startRedis();
    const proxy = await startTcpProxy({ target: server.url });
    const redis = await connectReady({ url: proxy.url }, 'worker');
    await proxy.set({ toClient: { cutAfterBytes: 0, times: 1 } });
    expect(await redis.incr('twice')).toBe(2);
    await proxy.close();
    await server.stop();
  });
});

describe('a connection to what has become a replica', () => {
  test.each([
    ['producer', 'fails', null],
    ['worker', 'sends again', '40'],
  ] as const)('as a %s is made anew once for a whole pipeline, and %s what was refused', async (role, _what, count) => {
    const server = await startRedis();
    const admin = await connectReady({ url: server.url }, 'worker');
    const redis = await connectReady({ url: server.url }, role);
    if (redis instanceof Cluster) throw new Error('this is no cluster');
    await admin.replicaof('127.0.0.1', await freePort());
    const { stream } = redis;
    const closed = closing(redis);
    const pipeline = redis.pipeline();
    for (let n = 0; n < 40; n += 1) pipeline.incr('n');
    const answers = pipeline.exec();
    await closed;
    // More of them, and Node warns of a leak.
    expect(stream.listenerCount('close')).toBeLessThan(stream.getMaxListeners());
    await admin.replicaof('NO', 'ONE');
    const failed = ((await answers) ?? []).filter(([error]) => error !== null);
    expect(failed.length).toBe(role === 'producer' ? 40 : 0);
    expect(await admin.get('n')).toBe(count);
    await server.stop();
  });
});

describe('an outage', () => {
  test.each<RedisRole>(['worker', 'producer'])('is logged once as it begins and once as it ends (%s)', async (role) => {
    const server = await startRedis();
    const { logger, lines } = capturedLog();
    const redis = connect({ url: server.url }, role, logger);
    await untilRedisReady(redis, 5_000);
    let attempts = 0;
    redis.on('reconnecting', () => {
      attempts += 1;
    });
    await server.kill('SIGKILL');
    await eventually(() => attempts >= 4);
    await server.restart();
    await untilRedisReady(redis, 5_000);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    await server.stop();
    redis.disconnect();
  });

  test('from the start on ends no process and is logged once', async () => {
    const { logger, lines } = capturedLog();
    const redis = connect({ url: `redis://127.0.0.1:${await freePort()}` }, 'worker', logger);
    let attempts = 0;
    redis.on('reconnecting', () => {
      attempts += 1;
    });
    await eventually(() => attempts >= 4);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([['warn', 'Redis cannot be reached']]);
  });

  test('that we made ourselves is not logged', async () => {
    const server = await startRedis();
    const { logger, lines } = capturedLog();
    const redis = connect({ url: server.url }, 'worker', logger);
    await untilRedisReady(redis, 5_000);
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
    expect(lines).toEqual([]);
    await server.stop();
  });
});

const certificateTool = 'openssl';
const canMakeCertificates = spawnSync(certificateTool, ['version']).status === 0;
const testTls = canMakeCertificates ? test : test.skip;

describe('TLS (skipped where openssl is not installed)', () => {
  testTls('is spoken to rediss://, and the certificate must be one of the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
    spawnSync(certificateTool, [...request, '-keyout', key, '-out', certificate]);
    const tlsPort = await freePort();
    const config = {
      'tls-port': String(tlsPort),
      'tls-cert-file': certificate,
      'tls-key-file': key,
      'tls-ca-cert-file': certificate,
      'tls-auth-clients': 'no',
    };
    const server = await startRedis({ config });
    const url = `rediss://127.0.0.1:${tlsPort}`;
    const redis = await connectReady({ url, ca: await readFile(certificate, 'utf8') }, 'worker');
    expect(await redis.ping()).toBe('PONG');
    const { logger, lines } = capturedLog();
    const distrustful = connect({ url }, 'producer', logger);
    await eventually(() => lines.length > 0);
    expect(JSON.stringify(lines)).toContain('SELF_SIGNED');
    await expect(distrustful.ping()).rejects.toThrow();
    for (const connection of [redis, distrustful]) connection.disconnect();
    await server.stop();
    await rm(folder, { recursive: true });
  });
});
