import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A redis-server of a test's own, with settings of its own; gone after `stop()`. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Sends a signal to the process: SIGSTOP makes a Redis that hangs. */
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  port?: number;
  args?: readonly string[];
}

export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), 'redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...(options.args ?? [])];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await untilLine(child, 'Ready to accept connections');
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await exited;
    await rm(dir, { recursive: true, force: true });
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (signal) => void child.kill(signal),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** A cluster of masters only, its slots shared out evenly. */
export async function startRedisCluster(size: number, args: readonly string[] = []): Promise<RedisServer[]> {
  const servers = await Promise.all(
    Array.from({ length: size }, async () => {
      // The cluster's bus port is chosen too: by default it is the port + 10000, which may be taken or above 65535.
      const busPort = await freePort();
      return await startRedisServer({
        args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), ...args],
      });
    }),
  );
  const clients = servers.map((server) => new Redis(server.port, { lazyConnect: false }));
  try {
    await shareSlots(clients);
    await Promise.all(clients.map(untilClusterOk));
  } finally {
    for (const client of clients) client.disconnect();
  }
  return servers;
}

async function shareSlots(clients: readonly Redis[]): Promise<void> {
  for (const [index, client] of clients.entries()) {
    const from = Math.floor((index * 16384) / clients.length);
    const to = Math.floor(((index + 1) * 16384) / clients.length) - 1;
    await client.cluster('ADDSLOTSRANGE', from, to);
    await client.call('cluster', ['set-config-epoch', index + 1]);
  }
  const [first, ...others] = clients;
  for (const other of others) {
    const bus = /bus-port (\d+)|@(\d+)/.exec(String(await other.call('cluster', ['nodes'])));
    await first?.call('cluster', ['meet', '127.0.0.1', other.options.port ?? 0, bus?.[2] ?? 0]);
  }
}

async function untilClusterOk(client: Redis): Promise<void> {
  for (;;) {
    if (String(await client.cluster('INFO')).includes('cluster_state:ok')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

async function untilLine(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server ended at once:\n${seen}`)));
    child.stdout?.on('data', (chunk) => {
      seen += String(chunk);
      if (seen.includes(text)) resolve();
    });
  });
}
