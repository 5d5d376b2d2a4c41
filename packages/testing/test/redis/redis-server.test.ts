import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { leakGuard } from '../../src/leaks/leak-guard.ts';
import { type RedisServer, startRedis } from '../../src/redis/redis-server.ts';
import { eventually } from '../../src/waiting/eventually.ts';

leakGuard();

const started: RedisServer[] = [];
const start: typeof startRedis = async (options) => {
  const server = await startRedis(options);
  started.push(server);
  return server;
};
const onRedis = async <T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

describe('startRedis', () => {
  it('starts a server that is append-only and evicts nothing', async () => {
    const server = await start();
    const settings = await onRedis(
      server.url,
      async (redis) => await redis.config('GET', 'appendonly', 'maxmemory-policy'),
    );
    expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'maxmemory-policy', 'noeviction']));
  });

  it('takes a memory limit and any other setting', async () => {
    const server = await start({ maxmemory: '32mb', config: { appendonly: 'no', 'maxmemory-policy': 'allkeys-lru' } });
    const settings = await onRedis(server.url, async (redis) =>
      redis.config('GET', 'appendonly', 'maxmemory-policy', 'maxmemory'),
    );
    expect(settings).toEqual(
      expect.arrayContaining(['appendonly', 'no', 'maxmemory-policy', 'allkeys-lru', 'maxmemory', String(32 << 20)]),
    );
  });

  it('asks for the password it was given', async () => {
    const server = await start({ config: { requirepass: 'p@ss/word' } });
    expect(await onRedis(server.url, async (redis) => await redis.ping())).toBe('PONG');
    await expect(onRedis(`redis://127.0.0.1:${server.port}`, async (redis) => await redis.get('a'))).rejects.toThrow(
      'NOAUTH',
    );
  });

  it('keeps its data and its port over a restart, also after kill -9', async () => {
    const server = await start({ config: { appendfsync: 'always' } });
    const { url, pid } = server;
    await onRedis(url, async (redis) => await redis.set('kept', 'yes'));
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    await server.kill('SIGKILL');
    await server.restart();
    expect(await onRedis(url, async (redis) => await redis.get('kept'))).toBe('yes');
  });

  it('is empty after a restart that keeps no data', async () => {
    const server = await start();
    await onRedis(server.url, async (redis) => await redis.set('gone', 'yes'));
    await server.restart({ keepData: false });
    expect(await onRedis(server.url, async (redis) => await redis.dbsize())).toBe(0);
  });

  it('can be frozen and goes on afterwards', async () => {
    const server = await start();
    await onRedis(server.url, async (redis) => {
      await redis.ping();
      await server.kill('SIGSTOP');
      const answer = redis.ping();
      await expect(Promise.race([answer, timeout(50)])).resolves.toBe('no answer');
      await server.kill('SIGCONT');
      expect(await answer).toBe('PONG');
    });
  });

  it('is gone with its folder after stop, frozen or killed before or not, and stop may be called twice', async () => {
    const killed = await start();
    await killed.kill();
    const frozen = await start();
    await frozen.kill('SIGSTOP');
    for (const server of [killed, frozen, await start()]) {
      await server.stop();
      await server.stop();
      expect(isAlive(server.pid)).toBe(false);
      expect(existsSync(server.folder)).toBe(false);
    }
  });

  it('keeps a folder that it was given, for the next server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-kept-'));
    try {
      const first = await start({ folder });
      await onRedis(first.url, async (redis) => await redis.set('kept', 'yes'));
      await first.stop();
      const second = await start({ folder });
      expect(await onRedis(second.url, async (redis) => await redis.get('kept'))).toBe('yes');
      await second.stop();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes no answer of another Redis on its port for its own', async () => {
    const other = await start();
    const attempt = startRedis({ port: other.port });
    await expect(attempt).rejects.toThrow(`port ${other.port} is taken`);
  });

  it('says what its log says when a setting is wrong', async () => {
    const attempt = startRedis({ config: { 'maxmemory-policy': 'no-such-policy' } });
    await expect(attempt).rejects.toThrow(/ended before it was ready/);
  });

  it('says that the binary cannot be run', async () => {
    await expect(startRedis({ binary: '/no/such/redis-server' })).rejects.toThrow('cannot be run');
  });

  it('waits for a port that is held only for a moment', async () => {
    const holder = createServer((socket) => socket.destroy());
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    const starting = start({ port: address.port });
    setTimeout(() => holder.close(), 60);
    expect((await starting).port).toBe(address.port);
  });

  it('dies with the process that started it, however that died, and its folder goes', async () => {
    const script = `
      import { startRedis } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
      const server = await startRedis();
      console.log(JSON.stringify({ pid: server.pid, port: server.port, folder: server.folder }));
      setInterval(() => undefined, 1000);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(parent.stdout), 'line');
    const { pid, port, folder } = JSON.parse(String(line)) as { pid: number; port: number; folder: string };
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually(() => !existsSync(folder), { what: 'that the folder goes' });
    // Where nothing collects dead orphans the process stays in the table, but its port is free.
    await expect(onRedis(`redis://127.0.0.1:${port}`, async (redis) => await redis.ping())).rejects.toThrow();
  });
});

async function timeout(ms: number): Promise<'no answer'> {
  return await new Promise((resolve) => setTimeout(() => resolve('no answer'), ms));
}
