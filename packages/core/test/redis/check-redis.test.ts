import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Cluster, Redis } from 'ioredis';
import { checkRedis } from '../../src/redis/check-redis.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { bulk, startRespServer } from './resp-server.ts';

/** Of a Redis without a limit. */
const memory = { usedBytes: expect.any(Number), maxBytes: 0 };

leakGuard();

describe('a Redis', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.port, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  afterEach(async () => {
    await redis.config('SET', 'appendonly', 'yes');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'maxmemory', '0');
    await redis.config('SET', 'min-replicas-to-write', '0');
    await redis.replicaof('NO', 'ONE');
  });

  async function codes(): Promise<string[]> {
    const { problems } = await checkRedis(redis);
    return problems.map(({ code }) => code);
  }

  test('that is append-only, without eviction and writable is healthy', async () => {
    expect(await checkRedis(redis)).toEqual({ problems: [], unchecked: [], memoryShort: false, memory });
  });

  test('is left as it was', async () => {
    await redis.config('RESETSTAT');
    await checkRedis(redis);
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.info('commandstats')).not.toMatch(/cmdstat_(?!config|eval|info|dbsize)/);
  });

  test('without an append-only file would lose what was accepted', async () => {
    await redis.config('SET', 'appendonly', 'no');
    const { problems } = await checkRedis(redis);
    expect(problems).toEqual([{ code: 'append_only_off', message: expect.stringContaining('set appendonly yes') }]);
  });

  test('that may evict would lose what was accepted', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { problems } = await checkRedis(redis);
    expect(problems).toEqual([
      { code: 'eviction', message: expect.stringContaining('set maxmemory-policy noeviction') },
    ]);
  });

  test('that is a replica takes no writes', async () => {
    // Nobody listens there: a replica that waits for its master.
    await redis.replicaof('127.0.0.1', 1);
    expect(await codes()).toEqual(['not_writable']);
  });

  test('that has too few replicas for its own rules takes no writes', async () => {
    await redis.config('SET', 'min-replicas-to-write', '1');
    const { problems } = await checkRedis(redis);
    expect(problems).toEqual([{ code: 'not_writable', message: expect.stringContaining('NOREPLICAS') }]);
  });

  test('over 80 % of its memory is short, and under it is not (invariant 12)', async () => {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used / 0.85)));
    expect(await checkRedis(redis)).toEqual({
      problems: [{ code: 'memory_short', message: expect.stringMatching(/8\d % of maxmemory/) }],
      unchecked: [],
      memoryShort: true,
      memory: { usedBytes: expect.any(Number), maxBytes: Math.round(used / 0.85) },
    });
    await redis.config('SET', 'maxmemory', String(Math.round(used / 0.6)));
    expect(await checkRedis(redis)).toMatchObject({ problems: [], memoryShort: false });
  });

  test('out of memory is short of it, and nothing else', async () => {
    await redis.config('SET', 'maxmemory', '1');
    expect(await checkRedis(redis)).toMatchObject({ problems: [{ code: 'memory_short' }], memoryShort: true });
  });

  test('with several faults shows them all', async () => {
    await redis.config('SET', 'appendonly', 'no');
    await redis.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await redis.config('SET', 'maxmemory', '1');
    expect(await codes()).toEqual(['append_only_off', 'eviction', 'memory_short']);
  });

  test('that forbids to ask is told to be unchecked, and not to be wrong', async () => {
    await redis.call('acl', ['setuser', 'app', 'on', '>pass', '~*', '&*', '+@all', '-info', '-config']);
    const limited = new Redis(server.port, { username: 'app', password: 'pass', enableReadyCheck: false });
    expect(await checkRedis(limited)).toEqual({
      problems: [],
      unchecked: [
        'the version could not be checked',
        'append-only persistence could not be checked',
        'the eviction policy could not be checked',
        'memory could not be checked',
      ],
      memoryShort: false,
    });
    limited.disconnect();
  });

  test('that hangs is found out within the time given', async () => {
    await server.kill('SIGSTOP');
    const from = performance.now();
    const { problems } = await checkRedis(redis, 200);
    await server.kill('SIGCONT');
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(problems).toEqual([{ code: 'unreachable', message: expect.stringContaining('no answer within 200 ms') }]);
  });
});

describe('a Redis that is not to be had here', () => {
  async function checkWith(info: string, evalReply = ':1\r\n'): Promise<unknown> {
    const server = await startRespServer((command) => {
      if (command.startsWith('info')) return bulk(info);
      if (command.startsWith('eval')) return evalReply;
      return command.startsWith('hello') ? '-ERR unknown command\r\n' : '+OK\r\n';
    });
    const redis = new Redis(server.port, { protocol: 2 });
    const health = await checkRedis(redis);
    redis.disconnect();
    await server.stop();
    return health;
  }

  const healthy = [
    'redis_version:7.2.4',
    'role:master',
    'aof_enabled:1',
    'aof_last_write_status:ok',
    'maxmemory_policy:noeviction',
    'used_memory:1',
    'maxmemory:0',
  ];
  const infoWith = (...lines: string[]): string => [...healthy, ...lines].join('\r\n');

  test('is healthy by the same answers', async () => {
    expect(await checkWith(infoWith())).toEqual({ problems: [], unchecked: [], memoryShort: false, memory });
  });

  test('is too old before 7.0', async () => {
    expect(await checkWith(infoWith('redis_version:6.2.14'), '-ERR Error compiling script\r\n')).toMatchObject({
      problems: [{ code: 'version', message: expect.stringContaining('Redis 6.2.14 is too old: use Redis 7.0') }],
    });
  });

  test('whose disk is full is told so', async () => {
    const reply = '-MISCONF Errors writing to the AOF file: No space left on device\r\n';
    expect(await checkWith(infoWith('aof_last_write_status:err'), reply)).toMatchObject({
      problems: [{ code: 'not_writable', message: expect.stringContaining('MISCONF') }, { code: 'append_failed' }],
    });
  });
});

describe('a cluster', () => {
  test('is checked at every master, and the faulty one is named', async () => {
    const servers = await startRedisCluster(2);
    const cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
    await cluster.ping();
    expect(await checkRedis(cluster)).toEqual({ problems: [], unchecked: [], memoryShort: false, memory });
    const [, second] = cluster.nodes('master');
    await second?.config('SET', 'appendonly', 'no');
    const { problems } = await checkRedis(cluster);
    expect(problems).toEqual([
      { code: 'append_only_off', message: expect.stringContaining(`on 127.0.0.1:${second?.options.port}: `) },
    ]);
    cluster.disconnect();
    expect(await checkRedis(cluster, 200)).toMatchObject({ problems: [{ code: 'unreachable' }] });
    await Promise.all(servers.map((server) => server.stop()));
  });
});
