import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Cluster, Redis } from 'ioredis';
import { defineScript } from '../../src/redis/script.ts';
import { startRedisCluster } from './redis-cluster.ts';

leakGuard();

const lua = (name: string) => new URL(`./scripts/${name}`, import.meta.url);
const addDoubled = defineScript({ file: [lua('shared.lua'), lua('add-doubled-1.lua')] });
const store = defineScript({ file: lua('store-1.lua') });
const storeShort = defineScript({ file: lua('store-1.lua'), flags: ['allow-oom'] });
const broken = defineScript({ file: lua('broken-0.lua') });

describe('a script', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.port);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.config('SET', 'maxmemory', '0');
    await redis.flushall();
    await redis.script('FLUSH');
    await redis.config('RESETSTAT');
  });

  async function callsOf(command: string): Promise<number> {
    const stats = await redis.info('commandstats');
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  }

  test('is loaded by its first call and named by its sha1 from then on', async () => {
    expect(await addDoubled.run(redis, ['n'], [3])).toBe(6);
    expect(await addDoubled.run(redis, ['n'], [1])).toBe(8);
    expect(await callsOf('eval')).toBe(1);
    expect(await callsOf('evalsha')).toBe(2);
  });

  test('runs on when Redis has forgotten it', async () => {
    await addDoubled.run(redis, ['n'], [1]);
    await redis.script('FLUSH');
    expect(await addDoubled.run(redis, ['n'], [1])).toBe(4);
  });

  test('has the sha1 that Redis gives it, over all its files', async () => {
    expect(addDoubled.sha1).toBe(createHash('sha1').update(addDoubled.source).digest('hex'));
    expect(await redis.script('LOAD', addDoubled.source)).toBe(addDoubled.sha1);
    expect(addDoubled.source.indexOf('local function double')).toBeLessThan(addDoubled.source.indexOf('INCRBY'));
  });

  test('takes and returns bytes untouched', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    const cold = await store.runBuffer(redis, ['b'], [bytes]);
    const warm = await store.runBuffer(redis, ['b'], [bytes]);
    expect(cold).toEqual([bytes, 5]);
    expect(warm).toEqual([bytes, 5]);
  });

  test('takes thousands of arguments', async () => {
    const many = Array.from({ length: 5_000 }, () => 'x');
    expect(await store.run(redis, ['b'], many)).toEqual(['x', 1]);
  });

  test('in a pipeline is sent once in full, then by its sha1', async () => {
    const pipeline = redis.pipeline();
    for (const n of [1, 2, 3]) addDoubled.addTo(pipeline, ['n'], [n]);
    expect(await pipeline.exec()).toEqual([
      [null, 2],
      [null, 6],
      [null, 12],
    ]);
    expect(await callsOf('eval')).toBe(1);
    expect(await callsOf('evalsha')).toBe(2);
  });

  test('runs in a transaction', async () => {
    const multi = redis.multi();
    addDoubled.addTo(multi, ['n'], [5]);
    addDoubled.addTo(multi, ['n'], [5]);
    expect(await multi.exec()).toEqual([
      [null, 10],
      [null, 20],
    ]);
  });

  test('passes its own errors on and is not run a second time for them', async () => {
    await expect(broken.run(redis, [])).rejects.toThrow('BROKEN');
    await expect(broken.run(redis, [])).rejects.toThrow('BROKEN');
    expect(await callsOf('eval')).toBe(1);
  });

  test('writes while memory is out only when flagged for it', async () => {
    await store.run(redis, ['b'], ['1']);
    await redis.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
    await expect(store.run(redis, ['b'], ['2'])).rejects.toThrow('OOM');
    expect(await storeShort.run(redis, ['b'], ['2'])).toEqual(['2', 1]);
  });

  test('refuses another number of keys than its file name promises', async () => {
    await expect(addDoubled.run(redis, ['n', 'm'], [1])).rejects.toThrow('add-doubled-1.lua takes 1 keys, not 2');
    expect(() => addDoubled.addTo(redis.pipeline(), [])).toThrow('takes 1 keys, not 0');
  });

  test('with a missing file throws where it is defined', () => {
    expect(() => defineScript({ file: lua('nowhere-0.lua') })).toThrow('ENOENT');
  });
});

describe('a script on a cluster', () => {
  let servers: RedisServer[];
  let cluster: Cluster;

  beforeAll(async () => {
    servers = await startRedisCluster(2);
    cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  });
  afterAll(async () => {
    cluster.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  });

  test('runs on the node of its key', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `n:${index}`);
    const results = await Promise.all(keys.map((key, index) => addDoubled.run(cluster, [key], [index])));
    expect(results).toEqual(keys.map((_, index) => index * 2));
    const sizes = await Promise.all(cluster.nodes('master').map((node) => node.dbsize()));
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(await store.runBuffer(cluster, ['{b}'], [Buffer.from([200])])).toEqual([Buffer.from([200]), 1]);
  });

  test('runs in a pipeline of one slot', async () => {
    const pipeline = cluster.pipeline();
    addDoubled.addTo(pipeline, ['{p}:1'], [1]);
    addDoubled.addTo(pipeline, ['{p}:2'], [2]);
    expect(await pipeline.exec()).toEqual([
      [null, 2],
      [null, 4],
    ]);
  });
});
