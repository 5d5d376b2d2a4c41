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
import type { Delay } from './delay.ts';
import { NodeProcess } from './node-process.ts';
import { type RoundTrip, startWay, type Way } from './way.ts';

const built = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const workerScript = built('apps/worker/dist/main.js');
const fakeScript = built('packages/fake-learnosity/dist/main.js');

export interface LabConsumer {
  name: string;
  quotas?: Partial<Record<'deletion' | 'resubmission' | 'jobs' | 'metadata', Quota>>;
  /** As in the consumers' file. */
  verification?: Readonly<Record<string, unknown>>;
}

export interface LabOptions {
  consumers: readonly LabConsumer[];
  /** Keys of the stand-in that belong to peers. */
  peerKeys?: readonly string[];
  /** From a call to its answer; none when absent. */
  delay?: Delay;
  /** Notes when each of our calls left and was answered, too. */
  watchesCalls?: boolean;
  /** Seconds, `min-max`. */
  jobSeconds?: string;
  /** Further flags of the stand-in. */
  fakeFlags?: readonly string[];
  /** The stand-in keeps totals only. */
  lean?: boolean;
}

interface LabParts {
  redisServer: RedisServer;
  fake: NodeProcess;
  fakeUrl: string;
  ways: Ways | undefined;
  folder: string;
  options: LabOptions;
}

/** To the stand-in; the peers have one of their own, so that ours are counted apart. */
interface Ways {
  ours: Way;
  peers: Way;
}

/** A Redis with AOF, the strict stand-in and workers, each a process of its own; all ended by `stop`. */
export class Lab {
  readonly redisServer: RedisServer;
  readonly redis: Redis;
  readonly client: SessionQueueClient;
  readonly fake: NodeProcess;
  /** Of the stand-in itself, for its books. */
  readonly fakeUrl: string;
  readonly workers: NodeProcess[] = [];
  readonly #others: NodeProcess[] = [];
  readonly #folder: string;
  readonly #options: LabOptions;
  readonly #ways: Ways | undefined;

  static async start(options: LabOptions): Promise<Lab> {
    const { delay } = options;
    const redisServer = await startRedis();
    const keys = [...options.consumers.map(({ name }) => name), ...(options.peerKeys ?? [])];
    const flags = keys.map((key) => `--consumer=${key}:${secretOf(key)}:${labDomain}`);
    if (delay?.where === 'at the server') flags.push(`--latency=${delay.leastMs}-${delay.mostMs}`);
    if (options.jobSeconds !== undefined) flags.push(`--job-seconds=${options.jobSeconds}`);
    if (options.lean) flags.push('--lean');
    const fake = new NodeProcess('the stand-in', fakeScript, ['--port=0', ...flags, ...(options.fakeFlags ?? [])]);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(await fake.says('"url"')));
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-bench-'));
    const hasWays = delay !== undefined && (delay.where === 'on the way' || options.watchesCalls);
    const ways = hasWays ? { ours: await startWay(url, delay), peers: await startWay(url, delay) } : undefined;
    return new Lab({ redisServer, fake, fakeUrl: url, ways, folder, options });
  }

  constructor({ redisServer, fake, fakeUrl, ways, folder, options }: LabParts) {
    this.redisServer = redisServer;
    this.redis = new Redis(redisServer.url, { maxRetriesPerRequest: null });
    this.client = new SessionQueueClient({ redis: this.redis });
    this.fake = fake;
    this.fakeUrl = fakeUrl;
    this.#ways = ways;
    this.#folder = folder;
    this.#options = options;
  }

  /** Where peers send their calls. */
  get peerApiUrl(): string {
    return this.#ways?.peers.url ?? this.fakeUrl;
  }

  /** Those of our calls that send items, as far as they are watched. */
  get roundTrips(): readonly RoundTrip[] {
    return this.#ways?.ours.roundTrips ?? [];
  }

  /** Starts worker replicas that know these consumers, all when absent; `settings` of theirs beside what they need. */
  async startWorkers(
    replicas: number,
    { consumers, settings = {} }: { consumers?: readonly string[]; settings?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    const known = this.#options.consumers.filter(({ name }) => consumers?.includes(name) ?? true);
    const file = join(this.#folder, `consumers-${this.workers.length}.json`);
    const baseUrl = this.#ways?.ours.url ?? this.fakeUrl;
    const entries = known.map(({ name, quotas, verification }) => {
      const account = { key: name, secret: secretOf(name), domain: labDomain, baseUrl };
      return [name, { ...account, ...(quotas && { quotas }), ...(verification && { verification }) }];
    });
    await writeFile(file, JSON.stringify(Object.fromEntries(entries)));
    const needed = { REDIS_URL: this.redisServer.url, CONSUMERS_FILE: file, WORKER_PORT: '0', LOG_LEVEL: 'info' };
    const env = { ...needed, ...settings };
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
    await Promise.all([this.#ways?.ours.close(), this.#ways?.peers.close()]);
    await this.fake.stop();
    await this.redisServer.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
