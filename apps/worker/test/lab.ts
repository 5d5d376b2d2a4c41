import {
  builtInSigner,
  type Consumer,
  createTransport,
  type RequestView,
  SessionQueueClient,
  type Transport,
} from '@session-queue/core';
import { type FakeLearnosity, type FakeLearnosityOptions, startFakeLearnosity } from '@session-queue/fake-learnosity';
import { eventually, type RedisServer, startRedis } from '@session-queue/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Replica, type ReplicaOptions } from '../src/replica.ts';

const account = { key: 'key', secret: 'secret', domain: 'example.com' };
const finals = new Set(['completed', 'failed', 'cancelled']);

/** The whole system but its HTTP faces: a real Redis, the fake Learnosity over HTTP, replicas in this process. */
export class Lab {
  readonly server: RedisServer;
  readonly fake: FakeLearnosity;
  readonly redis: Redis;
  readonly client: SessionQueueClient;
  readonly #transports: Transport[] = [];
  readonly #replicas: Replica[] = [];
  readonly #queues: Queue[] = [];

  static async start(fake: FakeLearnosityOptions = {}): Promise<Lab> {
    const server = await startRedis();
    const consumers = [{ key: account.key, secret: account.secret, domains: [account.domain] }];
    return new Lab(server, await startFakeLearnosity({ consumers, jobMs: { min: 10, max: 50 }, ...fake }));
  }

  constructor(server: RedisServer, fake: FakeLearnosity) {
    this.server = server;
    this.fake = fake;
    this.redis = new Redis(server.url, { maxRetriesPerRequest: null });
    this.client = new SessionQueueClient({ redis: this.redis });
  }

  consumer(change: Partial<Consumer> = {}): Consumer {
    const window = (calls: number) => ({ calls, windowMs: 5_000 });
    const quotas = { deletion: window(5), resubmission: window(50), jobs: window(1_000), metadata: window(1_000) };
    return { name: 'default', ...account, baseUrl: this.fake.url, ltsVersion: 'v2026.2.LTS', quotas, ...change };
  }

  /** A consumer with so high a quota that a test need not wait. */
  fastConsumer(change: Partial<Consumer> = {}): Consumer {
    const quotas = this.consumer().quotas;
    return this.consumer({ quotas: { ...quotas, deletion: { calls: 100, windowMs: 500 } }, ...change });
  }

  async replica(consumers: Consumer[], change: Partial<ReplicaOptions> = {}): Promise<Replica> {
    const transport = createTransport();
    this.#transports.push(transport);
    const replica = new Replica({
      connect: () => new Redis(this.server.url, { maxRetriesPerRequest: null }),
      prefix: 'session-queue',
      consumers,
      retentionMs: 60_000,
      drainGraceMs: 2_000,
      transport,
      signer: builtInSigner,
      logger: pino({ level: process.env.LAB_LOG ?? 'silent' }),
      ...change,
    });
    this.#replicas.push(replica);
    await replica.start();
    return replica;
  }

  /** Opens a queue as any other service would, without our library. */
  queue(name: string): Queue {
    const queue = new Queue(name, { connection: this.redis, prefix: '{session-queue}' });
    this.#queues.push(queue);
    return queue;
  }

  async view(id: string): Promise<RequestView> {
    const view = await this.client.getRequest(id);
    if (view === undefined) throw new Error(`no request ${id}`);
    return view;
  }

  /** Waits for a request's end. */
  async end(id: string, timeoutMs = 20_000): Promise<RequestView> {
    return await eventually(
      async () => {
        const view = await this.view(id);
        if (!finals.has(view.state)) throw new Error(JSON.stringify(view));
        return view;
      },
      { timeoutMs },
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    for (const transport of this.#transports) transport.stop();
    await this.client.close();
    await Promise.all(this.#queues.map((queue) => queue.close()));
    this.redis.disconnect();
    await this.fake.close();
    await this.server.stop();
  }
}

export function ids(n: number, from = 0): string[] {
  return Array.from({ length: n }, (_, i) => `00000000-0000-4000-8000-${String(from + i).padStart(12, '0')}`);
}

export function submissions(n: number, from = 0): string[] {
  return Array.from({ length: n }, (_, i) => Buffer.from(`submission ${from + i}`).toString('base64'));
}
