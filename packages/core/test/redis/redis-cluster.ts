import { eventually, freePort, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';

/** A cluster of masters only, its slots shared out evenly. */
export async function startRedisCluster(size: number, config: Record<string, string> = {}): Promise<RedisServer[]> {
  const servers = await Promise.all(Array.from({ length: size }, () => startNode(config)));
  const clients = servers.map(({ port }) => new Redis(port));
  try {
    await shareSlots(clients);
    await Promise.all(
      clients.map((client) =>
        eventually(async () => String(await client.cluster('INFO')).includes('cluster_state:ok'), {
          what: 'a cluster in good state',
        }),
      ),
    );
  } finally {
    for (const client of clients) client.disconnect();
  }
  return servers;
}

async function startNode(config: Record<string, string>): Promise<RedisServer> {
  // The bus port is chosen too: by default it is the port + 10000, which may be taken, or none.
  const busPort = await freePort();
  return await startRedis({ config: { ...config, 'cluster-enabled': 'yes', 'cluster-port': String(busPort) } });
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
    const busPort = /@(\d+)/.exec(String(await other.call('cluster', ['nodes'])))?.[1];
    await first?.call('cluster', ['meet', '127.0.0.1', other.options.port ?? 0, busPort ?? 0]);
  }
}
