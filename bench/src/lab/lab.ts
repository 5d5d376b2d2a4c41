import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Quota, SessionQueueClient } from '@session-queue/core';
import { type Books, booksSchema } from '@session-queue/fake-learnosity';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { labDomain, secretOf } from './credentials.ts';
import { NodeProcess } from './node-process.ts';

const built = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const workerScript = built('apps/worker/dist/main.js');
const fakeScript = built('packages/fake-learnosity/dist/main.js');

export interface LabConsumer {
  name: string;
  quotas?: Partial<Record<'deletion' | 'resubmission' | 'jobs' | 'metadata', Quota>>;
}

export interface LabOptions {
  consumers: readonly LabConsumer[];
  /** Keys of the stand-in that belong to peers. */
  peerKeys?: readonly string[];
  /** Milliseconds, `min-max`. */
  latency?: string;
  /** Seconds, `min-max`. */
  jobSeconds?: string;
  /** Further flags of the stand-in. */
  fakeFlags?: readonly string[];
  /** The stand-in keeps totals only. */
  lean?: boolean;
}

/** A Redis with AOF, the strict stand-in and workers, each a process of its own; all ended by `stop`. */
export class Lab {
  readonly redisServer: RedisServer;
  readonly redis: Redis;
  readonly client: SessionQueueClient;
  readonly fake: NodeProcess;
  readonly fakeUrl: string;
  readonly workers: NodeProcess[] = [];
  readonly #others: NodeProcess[] = [];
  readonly #folder: string;
  readonly #consumers: readonly LabConsumer[];

  static async start(options: LabOptions): Promise<Lab> {
    const redisServer = await startRedis();
    const keys = [...options.consumers.map(({ name }) => name), ...(options.peerKeys ?? [])];
    const flags = keys.map((key) => `--consumer=${key}:${secretOf(key)}:${labDomain}`);
    if (options.latency !== undefined) flags.push(`--latency=${options.latency}`);
    if (options.jobSeconds !== undefined) flags.push(`--job-seconds=${options.jobSeconds}`);
    if (options.lean) flags.push('--lean');
    const fake = new NodeProcess('the stand-in', fakeScript, ['--port=0', ...flags, ...(options.fakeFlags ?? [])]);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(await fake.says('"url"')));
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-bench-'));
    return new Lab(redisServer, fake, url, folder, options.consumers);
  }

  constructor(
    redisServer: RedisServer,
    fake: NodeProcess,
    fakeUrl: string,
    folder: string,
    consumers: readonly LabConsumer[],
  ) {
    this.redisServer = redisServer;
    this.redis = new Redis(redisServer.url, { maxRetriesPerRequest: null });
    this.client = new SessionQueueClient({ redis: this.redis });
    this.fake = fake;
    this.fakeUrl = fakeUrl;
    this.#folder = folder;
    this.#consumers = consumers;
  }

  /** Starts worker replicas that know all consumers. */
  async startWorkers(replicas: number): Promise<void> {
    const file = join(this.#folder, 'consumers.json');
    const entries = this.#consumers.map(({ name, quotas }) => {
      const account = { key: name, secret: secretOf(name), domain: labDomain, baseUrl: this.fakeUrl };
      return [name, { ...account, ...(quotas && { quotas }) }];
    });
    await writeFile(file, JSON.stringify(Object.fromEntries(entries)));
    const env = { REDIS_URL: this.redisServer.url, CONSUMERS_FILE: file, WORKER_PORT: '0', LOG_LEVEL: 'info' };
    const started = Array.from({ length: replicas }, () => new NodeProcess('a worker', workerScript, [], env));
    this.workers.push(...started);
    await Promise.all(started.map((worker) => worker.says('the worker runs')));
  }

  /** Starts a script of a peer, or anything else that is to be ended with the lab. */
  startPeer(name: string, script: URL, parameters: readonly string[]): NodeProcess {
    const peer = new NodeProcess(name, fileURLToPath(script), parameters);
    this.#others.push(peer);
    return peer;
  }

  async books(): Promise<Books> {
    const response = await fetch(`${this.fakeUrl}/__books`);
    return booksSchema.parse(await response.json());
  }

  /** Redis commands processed so far. */
  async commands(): Promise<number> {
    return Number(/total_commands_processed:(\d+)/.exec(await this.redis.info('stats'))?.[1] ?? 0);
  }

  async usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.redis.info('memory'))?.[1] ?? 0);
  }

  async stop(): Promise<void> {
    // A benchmark is over: nothing has to drain.
    await Promise.all([...this.workers, ...this.#others].map((one) => one.stop('SIGKILL')));
    await this.client.close();
    this.redis.disconnect();
    await this.fake.stop();
    await this.redisServer.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
