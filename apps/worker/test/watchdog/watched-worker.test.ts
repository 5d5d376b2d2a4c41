import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  deferred,
  eventually,
  type RedisServer,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from '@session-queue/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { redisAnswers } from '../../src/watchdog/redis-answers.ts';
import { type OverduePart, Watchdog } from '../../src/watchdog/watchdog.ts';
import { WatchedWorker } from '../../src/watchdog/watched-worker.ts';

const logger = pino({ level: 'silent' });
/** A turn takes at most the block and BullMQ's own second. */
const blockSeconds = 0.1;
const bounds = { everyMs: 100, overdueAfterMs: 2_500, confirmMs: 500, longestLookMs: 10_000 };
const part = 'the BullMQ worker of work';

let server: RedisServer;
let proxy: TcpProxy;
let connection: Redis;
let service: Redis;
let queue: Queue;
let worker: WatchedWorker;
let watchdog: Watchdog;
let looks: number;
let dead: readonly OverduePart[] | undefined;
let ranJobs: string[];
let isOver: boolean;
let run: (id: string) => Promise<void>;

/**
 * As bare as can be: no timeout of the connection's own gets it going again. It comes back soon after Redis does: waits of up to 2 s would
 * be most of the time that a part has here. Once a test is over what BullMQ has duplicated of it ends too.
 */
const connect = () =>
  new Redis(proxy.url, { maxRetriesPerRequest: null, retryStrategy: () => (isOver ? null : 100) }).on(
    'error',
    () => undefined,
  );

beforeEach(async () => {
  isOver = false;
  server = await startRedis();
  proxy = await startTcpProxy({ target: server.url });
  connection = connect();
  service = new Redis(server.url, { maxRetriesPerRequest: null }).on('error', () => undefined);
  queue = new Queue('work', { connection: service });
  queue.on('error', () => undefined);
  ranJobs = [];
  run = async () => undefined;
  const options = { connection, drainDelay: blockSeconds, runRetryDelay: 200, concurrency: 2 };
  worker = new WatchedWorker(
    'work',
    async (job) => {
      ranJobs.push(job.name);
      await run(job.name);
    },
    options,
  );
  worker.on('error', () => undefined);
  looks = 0;
  dead = undefined;
  const signs = () => {
    looks += 1;
    return worker.signs();
  };
  const onDead = (found: readonly OverduePart[]) => {
    dead = found;
  };
  watchdog = new Watchdog({ signs, redisAnswers: () => redisAnswers(connect), onDead, logger, bounds });
  worker.start(() => undefined);
  await queue.add('first', {});
  await eventually(() => ranJobs.length === 1);
  watchdog.start();
});
afterEach(async () => {
  isOver = true;
  watchdog.stop();
  await proxy.close();
  void worker.close(true);
  connection.disconnect();
  service.disconnect();
  await server.stop();
});

/** Waits until the watchdog has looked for longer than everything that a part is given. */
async function longEnough(): Promise<void> {
  const until = looks + (2 * (bounds.overdueAfterMs + bounds.confirmMs)) / bounds.everyMs;
  await eventually(() => looks >= until, { timeoutMs: 30_000 });
}

describe('a BullMQ worker', () => {
  test('that has nothing to do lives, and so does one whose queue is paused', async () => {
    await longEnough();
    await queue.pause();
    await longEnough();
    expect([watchdog.overdue, dead]).toEqual([[], undefined]);
    await queue.resume();
    await queue.add('second', {});
    await eventually(() => ranJobs.includes('second'));
  }, 40_000);

  test('whose connections went deaf for good is dead, while a fresh one is answered', async () => {
    proxy.forgetAll();
    await eventually(() => dead, { timeoutMs: 20_000 });
    expect(dead).toEqual([{ part, silentMs: expect.any(Number) }]);
  }, 30_000);

  test('whose Redis is away for longer than its time is not, and goes on by itself', async () => {
    await server.kill('SIGKILL');
    await longEnough();
    expect([watchdog.overdue, dead]).toEqual([[], undefined]);
    await server.restart({ keepData: true });
    await queue.add('second', {});
    await eventually(() => ranJobs.includes('second'), { timeoutMs: 20_000 });
    expect(dead).toBeUndefined();
  }, 90_000);

  test('with a job that never ends is dead although it goes on with others', async () => {
    run = (name) => (name === 'endless' ? deferred().promise : Promise.resolve());
    await queue.add('endless', {});
    await eventually(() => dead, { timeoutMs: 20_000 });
    expect(dead).toEqual([{ part: 'a job of work', silentMs: expect.any(Number) }]);
  }, 30_000);

  test('whose loop has ended although nobody closed it is dead at once', async () => {
    const from = performance.now();
    await worker.pause();
    await eventually(() => dead);
    expect(dead).toEqual([{ part, silentMs: 0 }]);
    expect(performance.now() - from).toBeLessThan(bounds.overdueAfterMs);
  });

  test('that is closed has not ended by itself', async () => {
    await worker.close();
    await eventually(() => !worker.isRunning());
    expect(worker.sign.hasEnded).toBe(false);
  });
});
