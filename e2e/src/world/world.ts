import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kinds, type RedisConnection, SessionQueueClient } from '@session-queue/core';
import { eventually, type RedisServer } from '@session-queue/testing';
import { Redis } from 'ioredis';
import type { RequestEvidence } from '../audit/evidence.ts';
import { badPrefix } from '../load/asks.ts';
import { Load } from '../load/load.ts';
import type { SeenCall } from '../tap/learnosity-tap.ts';
import { type Act, type Armed, type Moment, type Point, Points, reachedWithin } from '../tap/points.ts';
import type { RecordedReference } from '../tap/redis-tap.ts';
import { ScriptNames } from '../tap/script-names.ts';
import { StepsSeen } from '../tap/steps-seen.ts';
import type { App } from './app.ts';
import { Apps } from './apps.ts';
import { consumersFile, secretMarker, type WorldConsumer, worldConsumers, writeConsumers } from './consumers.ts';
import type { Dashboard } from './dashboard.ts';
import { Fake, fakeFlags } from './fake.ts';
import { FaultLog } from './fault-log.ts';
import type { ForeignCall } from './foreign-user.ts';
import type { TimeSpan } from './forgetting.ts';
import type { Slope } from './growth.ts';
import { type Https, startHttps } from './https.ts';
import { LogBook } from './log-book.ts';
import { defaultQuotas, type WorldOptions, type WorldQuotas } from './options.ts';
import { type Proving, startProving } from './proving.ts';
import { ownRelease, type Release } from './release.ts';
import { type Store, startStore } from './store/store.ts';
import { there } from './there.ts';
import type { Way } from './way.ts';
import { Ways } from './ways.ts';

const bootedWithinMs = 60_000;

interface WorldParts {
  options: WorldOptions;
  quotas: WorldQuotas;
  folder: string;
  names: ScriptNames;
  log: LogBook;
  store: Store;
  fake: Fake;
  proving: Proving | undefined;
  say: (text: string) => void;
}

/**
 * The whole system for one scenario: Redis with AOF, the producer, worker replicas and a strict Learnosity, each a process of
 * its own, with a tap and a faulty proxy on every way between them. Everything is ended by `stop`, by its pid.
 */
export class World {
  readonly options: WorldOptions;
  readonly consumers: readonly WorldConsumer[];
  readonly quotas: WorldQuotas;
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
  /** What requests said of themselves, of those that have gone since: world/short-retention.ts. */
  readonly kept = new Map<string, RequestEvidence>();
  /** How memory and keys grew, where a scenario looked. */
  readonly slopes: Slope[] = [];
  /** What a scenario found by itself to be against the rules. */
  readonly objections: string[] = [];
  /** Where deletions are under evidence. */
  readonly proving: Proving | undefined;
  readonly #folder: string;
  readonly #apps: Apps;
  readonly #ways: Ways;
  #learnosity: Way | undefined;
  #https: Https | undefined;
  #service: Way | undefined;
  #load: Load | undefined;

  static async start(options: WorldOptions, say: (text: string) => void): Promise<World> {
    const quotas = options.quotas ?? defaultQuotas;
    const log = new LogBook();
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-faults-'));
    const names = await ScriptNames.read([ownRelease, ...(options.begins === undefined ? [] : [options.begins])]);
    const store = await startStore(options.store ?? 'single', options.redis ?? {});
    const fake = await Fake.start(log, fakeFlags(options, quotas));
    const proving = options.isProving ? await startProving(folder) : undefined;
    const world = new World({ options, quotas, folder, names, log, store, fake, proving, say });
    try {
      await world.#boot();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  private constructor({ options, quotas, folder, names, log, store, fake, proving, say }: WorldParts) {
    this.options = options;
    this.quotas = quotas;
    this.consumers = worldConsumers(options.consumers ?? 3);
    this.log = log;
    this.store = store;
    this.redis = store.redis;
    this.fake = fake;
    this.proving = proving;
    this.say = say;
    this.#folder = folder;
    this.redisClient = new Redis(this.redis.url, { maxRetriesPerRequest: null });
    this.data = store.connect();
    for (const connection of [this.redisClient, this.data]) connection.on('error', () => undefined);
    this.client = new SessionQueueClient({ redis: this.data, sessionIndex: options.sessionIndex ?? false });
    this.#ways = new Ways({
      store,
      fakePort: fake.port,
      points: this.points,
      steps: this.steps,
      names,
      living: () => this.#apps.living(),
      onCall: (call) => this.calls.push(call),
      onRecorded: (recorded) => this.recorded.push(recorded),
    });
    this.#apps = new Apps({
      store,
      log,
      consumersFile: consumersFile(folder),
      release: options.begins ?? ownRelease,
      token: this.token,
      appEnv: { SESSION_INDEX: String(options.sessionIndex ?? false), ...options.appEnv },
      workerEnv: { ...proving?.workerEnv, ...options.workerEnv },
      redisWay: async (name) => await this.#ways.toRedis(name),
    });
  }

  get producer(): App {
    return there(this.#apps.producers[0]);
  }

  get producers(): readonly App[] {
    return this.#apps.producers;
  }

  get workers(): readonly App[] {
    return this.#apps.workers;
  }

  /** The workers' way to Learnosity. */
  get learnosity(): Way {
    return there(this.#learnosity);
  }

  /** The way to Redis of services that use the library or BullMQ. */
  get service(): Way {
    return there(this.#service);
  }

  /** Where `https` is wished for. */
  get https(): Https {
    return there(this.#https);
  }

  get load(): Load {
    return there(this.#load);
  }

  get producerUrl(): string {
    return this.#apps.producerUrl;
  }

  /** The worker or the producer of a name, as a moment gives it. */
  app(name: string): App {
    return this.#apps.find(name);
  }

  /** Starts one more worker; it waits until it runs. */
  async addWorker(env: Readonly<Record<string, string>> = {}, release?: Release): Promise<App> {
    return await this.#apps.addWorker({ ...this.#https?.workerEnv, ...env }, release);
  }

  /** Starts one more producer; it waits until it listens. Services ask each in turn. */
  async addProducer(release?: Release): Promise<App> {
    return await this.#apps.addProducer(release);
  }

  /** The dashboard, where a scenario has added it. */
  get dashboard(): Dashboard | undefined {
    return this.#apps.dashboard;
  }

  /** Starts a dashboard; it waits until that listens. */
  async addDashboard(): Promise<Dashboard> {
    return await this.#apps.addDashboard();
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
    return await reachedWithin(armed, name, timeoutMs);
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
    await this.#https?.front.close();
    await this.#ways.close();
    await this.#apps.stop();
    await this.client.close().catch(() => undefined);
    this.redisClient.disconnect();
    this.data.disconnect();
    await this.fake.child.end('SIGKILL');
    await this.store.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #boot(): Promise<void> {
    await this.#ways.announceTaps();
    this.#learnosity = await this.#ways.toLearnosity((ports) => this.#https?.front.clientOf(ports.from) ?? ports);
    if (this.options.https) this.#https = await startHttps(this.#folder, this.#learnosity.port);
    const { baseUrl } = this.#https ?? { baseUrl: `http://127.0.0.1:${this.#learnosity.port}` };
    await writeConsumers(this.#folder, this.consumers, { ...this.options, quotas: this.quotas, baseUrl });
    this.#service = await this.#ways.ofServices();
    const workers = Array.from({ length: this.options.workers ?? 3 }, () => this.addWorker());
    await Promise.all([this.#apps.addProducer(), ...workers]);
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
      producerUrl: () => this.producerUrl,
      token: this.token,
      serviceRedisUrl: this.store.urlAt(this.#service.port),
      sessionIndex: this.options.sessionIndex ?? false,
      books: async () => await this.fake.books(),
    });
  }
}
