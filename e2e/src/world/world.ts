import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kinds, type RedisConnection, SessionQueueClient } from '@session-queue/core';
import { eventually, freePort, type RedisOptions, type RedisServer } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { badPrefix, type LoadOptions } from '../load/asks.ts';
import { Load } from '../load/load.ts';
import { type SeenCall, startLearnosityTap } from '../tap/learnosity-tap.ts';
import { type Act, type Armed, type Moment, type Point, Points } from '../tap/points.ts';
import { type RecordedReference, type RedisTapOptions, startRedisTap } from '../tap/redis-tap.ts';
import { ScriptNames } from '../tap/script-names.ts';
import { StepsSeen } from '../tap/steps-seen.ts';
import { whoHasPort } from '../tap/who-has-port.ts';
import { App } from './app.ts';
import { secretMarker, type WorldConsumer, worldConsumers } from './consumers.ts';
import { Fake } from './fake.ts';
import { FaultLog } from './fault-log.ts';
import type { ForeignCall } from './foreign-user.ts';
import type { TimeSpan } from './forgetting.ts';
import { LogBook } from './log-book.ts';
import { producerScript, workerScript } from './places.ts';
import { type Store, type StoreKind, startStore } from './store/store.ts';
import { Way } from './way.ts';

export interface WorldQuota {
  calls: number;
  windowMs: number;
}

export interface WorldOptions {
  seed: string;
  /** Worker replicas (3). */
  workers?: number;
  /** Consumers (3, at most 5). */
  consumers?: number;
  /** Calls in any window, of each consumer: kept by the stand-in, known to the workers. A short window makes short runs. */
  quotas?: Record<'deletion' | 'resubmission', WorldQuota>;
  /** From a call to its answer at the stand-in, ms, `min-max` ('20-120'). */
  latency?: string;
  /** From a job's creation to its end, s, `min-max` ('0.3-1.5'). */
  jobSeconds?: string;
  /** Further flags of the stand-in. */
  fakeFlags?: readonly string[];
  redis?: RedisOptions;
  /** One Redis (`single`), three in a cluster, or a master and a replica with a sentinel. */
  store?: StoreKind;
  /** Further variables of the workers. */
  workerEnv?: Readonly<Record<string, string>>;
  load?: Partial<LoadOptions>;
  /** How long everything may take to come to its end after the last fault (90,000). */
  settleWithinMs?: number;
}

const defaultQuotas = {
  deletion: { calls: 5, windowMs: 1_000 },
  resubmission: { calls: 5, windowMs: 1_000 },
} as const satisfies WorldOptions['quotas'];

export const drainGraceMs = 5_000;
const bootedWithinMs = 60_000;

interface WorldParts {
  options: WorldOptions;
  quotas: Record<'deletion' | 'resubmission', WorldQuota>;
  folder: string;
  names: ScriptNames;
  log: LogBook;
  store: Store;
  fake: Fake;
  say: (text: string) => void;
}

/**
 * The whole system for one scenario: Redis with AOF, the producer, worker replicas and a strict Learnosity, each a process of
 * its own, with a tap and a faulty proxy on every way between them. Everything is ended by `stop`, by its pid.
 */
export class World {
  readonly options: WorldOptions;
  readonly consumers: readonly WorldConsumer[];
  readonly quotas: Record<'deletion' | 'resubmission', WorldQuota>;
  readonly log: LogBook;
  readonly store: Store;
  /** The Redis, or the first of several. */
  readonly redis: RedisServer;
  readonly fake: Fake;
  readonly faults = new FaultLog();
  readonly points = new Points();
  readonly steps = new StepsSeen();
  /** Every call that went by, and every reference that Redis took. */
  readonly calls: SeenCall[] = [];
  readonly recorded: RecordedReference[] = [];
  readonly workers: App[] = [];
  readonly say: (text: string) => void;
  /** Straight to Redis (the first of several), for looking only. */
  readonly redisClient: Redis;
  /** Straight to all data, wherever it lies. */
  readonly data: RedisConnection;
  readonly client: SessionQueueClient;
  readonly token = `${secretMarker}-token-of-the-producer`;
  /** How many answers of 429 a scenario had the stand-in give, as if another user of a key had caused them. */
  foreign429 = 0;
  /** What another user of a key really called. */
  readonly foreignCalls: ForeignCall[] = [];
  /** Of jobs that a scenario let a day go by for. */
  readonly agedReferences = new Set<string>();
  /** Spans of time whose writes Redis has lost: world/forgetting.ts. */
  readonly forgotten: TimeSpan[] = [];
  /** What a scenario found by itself to be against the rules. */
  readonly objections: string[] = [];
  readonly #names: ScriptNames;
  readonly #folder: string;
  #producer: App | undefined;
  #learnosity: Way | undefined;
  #service: Way | undefined;
  #load: Load | undefined;
  readonly #sharedWays: Way[] = [];
  #producerPort = 0;
  #named = 0;

  static async start(options: WorldOptions, say: (text: string) => void): Promise<World> {
    const quotas = options.quotas ?? defaultQuotas;
    const log = new LogBook();
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-faults-'));
    const names = await ScriptNames.read();
    const store = await startStore(options.store ?? 'single', options.redis ?? {});
    const flags = worldConsumers(options.consumers ?? 3).map(
      ({ key, secret, domain }) => `--consumer=${key}:${secret}:${domain}`,
    );
    for (const [name, { calls, windowMs }] of Object.entries(quotas))
      flags.push(`--quota=${name}=${calls}/${windowMs}`);
    flags.push(`--latency=${options.latency ?? '20-120'}`, `--job-seconds=${options.jobSeconds ?? '0.3-1.5'}`);
    const fake = await Fake.start(log, [...flags, `--seed=${options.seed}`, ...(options.fakeFlags ?? [])]);
    const world = new World({ options, quotas, folder, names, log, store, fake, say });
    try {
      await world.#boot();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  private constructor({ options, quotas, folder, names, log, store, fake, say }: WorldParts) {
    this.options = options;
    this.quotas = quotas;
    this.consumers = worldConsumers(options.consumers ?? 3);
    this.log = log;
    this.store = store;
    this.redis = store.redis;
    this.fake = fake;
    this.say = say;
    this.#folder = folder;
    this.#names = names;
    this.redisClient = new Redis(this.redis.url, { maxRetriesPerRequest: null });
    this.data = store.connect();
    for (const connection of [this.redisClient, this.data]) connection.on('error', () => undefined);
    this.client = new SessionQueueClient({ redis: this.data });
  }

  get producer(): App {
    return there(this.#producer);
  }

  /** The workers' way to Learnosity. */
  get learnosity(): Way {
    return there(this.#learnosity);
  }

  /** The way to Redis of services that use the library or BullMQ. */
  get service(): Way {
    return there(this.#service);
  }

  get load(): Load {
    return there(this.#load);
  }

  get producerUrl(): string {
    return `http://127.0.0.1:${this.#producerPort}`;
  }

  /** The worker or the producer of a name, as a moment gives it. */
  app(name: string): App {
    const found = [...this.workers, this.producer].find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** Starts one more worker; it waits until it runs. */
  async addWorker(env: Readonly<Record<string, string>> = {}): Promise<App> {
    this.#named += 1;
    const name = `worker-${this.#named}`;
    const redisWay = await this.#redisWay(name);
    const worker = new App({
      name,
      script: workerScript,
      ready: 'the worker runs',
      redisWay,
      log: this.log,
      env: {
        REDIS_URL: this.store.urlAt(redisWay.port),
        CONSUMERS_FILE: join(this.#folder, 'consumers.json'),
        WORKER_PORT: '0',
        LOG_LEVEL: 'debug',
        DRAIN_GRACE_MS: String(drainGraceMs),
        ...this.options.workerEnv,
        ...env,
      },
    });
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Breaks something while `work` runs: its end is when all is whole again, and recovery counts from there. */
  async fault<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.say(what);
    return await this.faults.during(what, work);
  }

  /**
   * Waits for the next time that somebody comes to a point, and acts there while the connection is held. The default act is
   * kill -9: what was to be sent is not, and an answer is not heard.
   */
  at(point: Point, act: Act = (moment) => this.killThere(moment)): Armed {
    return this.points.arm(point, act);
  }

  /** kill -9 of whoever came to a point. */
  async killThere({ who }: Moment): Promise<'cut'> {
    await this.app(who).kill();
    return 'cut';
  }

  /** Waits until an armed point was reached and its act is over. */
  async reached(name: string, armed: Armed, timeoutMs = 30_000): Promise<Moment> {
    const tooLong = new AbortController();
    const giveUp = sleep(timeoutMs, undefined, { signal: tooLong.signal }).then(() => {
      armed.disarm();
      throw new Error(`nobody came to the point '${name}' within ${timeoutMs / 1_000} s`);
    });
    giveUp.catch(() => undefined);
    try {
      return await Promise.race([armed.reached, giveUp]);
    } finally {
      tooLong.abort();
    }
  }

  /** A seeded pause of a schedule; waits for something to happen are `until`. */
  async pause(ms: number): Promise<void> {
    await sleep(ms);
  }

  async until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    await eventually(check, { what, timeoutMs, intervalMs: 100 });
  }

  /** Resolves once calls are made for every consumer: there is something to break. */
  async busy(): Promise<void> {
    await this.until('work is under way', async () => {
      const { consumers } = await this.fake.books();
      return Object.values(consumers).every(({ deletion }) => deletion !== undefined && deletion.accepted >= 3);
    });
  }

  /** Ends everything. Safe twice. */
  async stop(): Promise<void> {
    await this.#load?.close();
    // The ways first: connections that stand can be reset at both ends.
    const ways = [this.#learnosity, this.#service, ...this.#sharedWays].filter((way) => way !== undefined);
    await Promise.all(ways.map((way) => way.close()));
    const apps = [...this.workers, ...(this.#producer === undefined ? [] : [this.#producer])];
    await Promise.all(apps.map((app) => app.stop()));
    await this.client.close().catch(() => undefined);
    this.redisClient.disconnect();
    this.data.disconnect();
    await this.fake.child.end('SIGKILL');
    await this.store.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #boot(): Promise<void> {
    await this.#announceTaps();
    this.#learnosity = await Way.start(this.fake.port, (targetPort) =>
      startLearnosityTap({
        targetPort,
        points: this.points,
        whoHas: (port) => whoHasPort(port, this.#livingApps()),
        onCall: (call) => this.calls.push(call),
      }),
    );
    const baseUrl = `http://127.0.0.1:${this.#learnosity.port}`;
    const entries = this.consumers.map(({ name, ...account }) => [name, { ...account, baseUrl, quotas: this.quotas }]);
    await writeFile(join(this.#folder, 'consumers.json'), JSON.stringify(Object.fromEntries(entries)));
    this.#service = await this.#redisWay('service');
    this.#producer = await this.#newProducer();
    const workers = Array.from({ length: this.options.workers ?? 3 }, () => this.addWorker());
    await Promise.all([this.#producer.start(), ...workers]);
    await eventually(async () => (await fetch(`${this.producerUrl}/readyz`)).ok, { timeoutMs: bootedWithinMs });
    for (const kind of kinds) {
      const match = { endpoint: kind };
      await this.fake.script({ fault: 'badItems', prefix: badPrefix[kind], naming: 'none', match });
    }
    this.#load = new Load({
      seed: this.options.seed,
      consumers: this.consumers,
      quotas: this.quotas,
      options: this.options.load ?? {},
      producerUrl: this.producerUrl,
      token: this.token,
      serviceRedisUrl: this.store.urlAt(this.#service.port),
      books: async () => await this.fake.books(),
    });
  }

  async #newProducer(): Promise<App> {
    this.#producerPort = await freePort();
    const redisWay = await this.#redisWay('producer');
    return new App({
      name: 'producer',
      script: producerScript,
      ready: '"listening"',
      redisWay,
      log: this.log,
      env: {
        REDIS_URL: this.store.urlAt(redisWay.port),
        PRODUCER_PORT: String(this.#producerPort),
        PRODUCER_HOST: '127.0.0.1',
        PRODUCER_API_KEYS: `faults:${this.token}`,
        LOG_LEVEL: 'debug',
      },
    });
  }

  /** Several servers send clients on to each other: past the ways of the processes, so each has a tap for all. */
  async #announceTaps(): Promise<void> {
    const { servers, announce } = this.store;
    if (announce === undefined) return;
    const own = { name: 'service', pid: process.pid };
    const look = (port: number) => whoHasPort(port, [...this.#livingApps(), own]);
    // The system's table changes while it is read, and may miss one.
    const who = (port: number) => [look(port), look(port)].find((name) => name !== 'unknown') ?? 'unknown';
    for (const { port } of servers) this.#sharedWays.push(await this.#redisWay(who, port));
    await announce(this.#sharedWays.map(({ port }) => port));
  }

  async #redisWay(who: RedisTapOptions['who'], target = this.store.doorPort): Promise<Way> {
    const { points, steps } = this;
    return await Way.start(target, (targetPort) =>
      startRedisTap({
        targetPort,
        who,
        points,
        steps,
        names: this.#names,
        onRecorded: (recorded) => this.recorded.push(recorded),
      }),
    );
  }

  #livingApps(): { name: string; pid: number }[] {
    const apps = [...this.workers, ...(this.#producer === undefined ? [] : [this.#producer])];
    return apps.filter(({ isAlive }) => isAlive).map(({ name, child }) => ({ name, pid: child.pid }));
  }
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the world has not started');
  return part;
}
