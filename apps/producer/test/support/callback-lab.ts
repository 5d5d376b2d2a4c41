import { bullPrefix, callbackQueueName, type RequestView, SessionQueueClient } from '@session-queue/core';
import { callbackId, consumerKeys, ensureCallback } from '@session-queue/core/engine';
import { eventually, type TestRedis, testRedis } from '@session-queue/testing';
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { CallbackRunner, type CallbackRunnerOptions } from '../../src/callbacks/callback-runner.ts';
import { networksSetting } from '../../src/callbacks/networks.ts';
import { Reach } from '../../src/callbacks/reach.ts';

export const secrets = [Buffer.alloc(32, 'one'), Buffer.alloc(24, 'two')];
export const asText = (secret: Buffer | undefined): string => `whsec_${secret?.toString('base64')}`;
export const loopback = networksSetting.parse('127.0.0.0/8,::1/128');

/** Requests that have ended on a real Redis, and deliverers of their callbacks in this process. */
export class CallbackLab {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly client: SessionQueueClient;
  /** What the deliverers logged. */
  readonly logged: string[] = [];
  readonly #server: TestRedis;
  readonly #runners: CallbackRunner[] = [];
  readonly #connections: Redis[] = [];

  static async start(): Promise<CallbackLab> {
    return new CallbackLab(await testRedis());
  }

  constructor(server: TestRedis) {
    this.#server = server;
    this.redis = new Redis(server.url, { maxRetriesPerRequest: null });
    this.client = new SessionQueueClient({ redis: this.redis, prefix: server.prefix });
    this.queue = new Queue(callbackQueueName, { connection: this.redis, prefix: bullPrefix(server.prefix) });
  }

  get server(): TestRedis {
    return this.#server;
  }

  get keys() {
    return consumerKeys(this.redis, this.#server.prefix, 'default');
  }

  /** A deliverer that tries again soon, and may call loopback. */
  deliverer(change: Partial<CallbackRunnerOptions> = {}): CallbackRunner {
    const connection = new Redis(this.#server.url, { maxRetriesPerRequest: null });
    const runner = new CallbackRunner({
      redis: connection,
      prefix: this.#server.prefix,
      secrets,
      reach: new Reach({ allowed: loopback }),
      logger: pino({ level: 'debug' }, { write: (line: string) => void this.logged.push(line) }),
      deadlineMs: 5_000,
      retries: { firstMs: 20, mostMs: 2_000 },
      lockMs: 1_000,
      ...change,
    });
    this.#connections.push(connection);
    this.#runners.push(runner);
    runner.start();
    return runner;
  }

  /** A request that has just ended, with its callback added; answers with its id. */
  async ended(callbackUrl: string): Promise<string> {
    const { id } = await this.client.deleteSessions({ sessionIds: ['a', 'b'], callbackUrl });
    await this.client.cancel(id);
    await ensureCallback(this.queue, this.keys, id);
    return id;
  }

  async view(id: string): Promise<RequestView> {
    const view = await this.client.getRequest(id);
    if (view === undefined) throw new Error(`no request ${id}`);
    return view;
  }

  async job(id: string): Promise<Job> {
    const { finishedAt = '' } = await this.view(id);
    const job: Job | undefined = await this.queue.getJob(callbackId(id, finishedAt));
    if (job === undefined) throw new Error(`no callback of ${id}`);
    return job;
  }

  /** Waits until this has become of the callback. */
  async until(id: string, state: 'delivered' | 'failed', timeoutMs = 10_000): Promise<RequestView['callback']> {
    const what = `a callback that is ${state}`;
    return await eventually(
      async () => {
        const { callback } = await this.view(id);
        return callback?.state === state ? callback : undefined;
      },
      { timeoutMs, what },
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop(1_000)));
    for (const connection of this.#connections) connection.disconnect();
    await this.client.close();
    await this.queue.close();
    this.redis.disconnect();
    await this.#server.stop();
  }
}
