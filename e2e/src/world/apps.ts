import { freePort } from '@session-queue/testing';
import { App } from './app.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import type { LogBook } from './log-book.ts';
import type { Release } from './release.ts';
import type { Store } from './store/store.ts';
import type { Way } from './way.ts';

export const drainGraceMs = 5_000;

type Env = Readonly<Record<string, string>>;

export interface AppsParts {
  store: Pick<Store, 'urlAt'>;
  log: LogBook;
  consumersFile: string;
  /** What processes are of, where nobody says otherwise. */
  release: Release;
  /** What services show the producer. */
  token: string;
  /** Further variables of the workers and the producer. */
  appEnv: Env;
  /** Further variables of the workers. */
  workerEnv: Env;
  /** A way to Redis for the process of a name. */
  redisWay: (name: string) => Promise<Way>;
}

interface Producer {
  app: App;
  url: string;
}

/** The processes of a world that are the product: its producers, its workers, and its dashboard where there is one. */
export class Apps {
  readonly workers: App[] = [];
  readonly #parts: AppsParts;
  readonly #producers: Producer[] = [];
  #dashboard: Dashboard | undefined;
  #named = 0;
  #turn = 0;

  constructor(parts: AppsParts) {
    this.#parts = parts;
  }

  get producers(): readonly App[] {
    return this.#producers.map(({ app }) => app);
  }

  get dashboard(): Dashboard | undefined {
    return this.#dashboard;
  }

  /** Where requests go: to each living producer in turn, as behind a Service, or to the first when none lives. */
  get producerUrl(): string {
    const living = this.#producers.filter(({ app }) => app.isAlive);
    this.#turn += 1;
    const [first] = this.#producers;
    const { url } = living[this.#turn % living.length] ?? first ?? {};
    if (url === undefined) throw new Error('no producer was started');
    return url;
  }

  /** Starts one more producer; it waits until it listens. */
  async addProducer({ producerScript }: Release = this.#parts.release): Promise<App> {
    const { store, log, token, appEnv, redisWay } = this.#parts;
    const port = await freePort();
    const name = this.#producers.length === 0 ? 'producer' : `producer-${this.#producers.length + 1}`;
    const way = await redisWay(name);
    const app = new App({
      name,
      script: producerScript,
      ready: '"listening"',
      redisWay: way,
      log,
      env: {
        REDIS_URL: store.urlAt(way.port),
        PRODUCER_PORT: String(port),
        PRODUCER_HOST: '127.0.0.1',
        PRODUCER_API_KEYS: `faults:${token}`,
        // Made-up input comes as fast as it is answered.
        PRODUCER_RATE_PER_MINUTE: '0',
        LOG_LEVEL: 'debug',
        ...appEnv,
      },
    });
    this.#producers.push({ app, url: `http://127.0.0.1:${port}` });
    await app.start();
    return app;
  }

  /** Starts one more worker; it waits until it runs. */
  async addWorker(env: Env, { workerScript }: Release = this.#parts.release): Promise<App> {
    const { store, log, consumersFile, appEnv, workerEnv, redisWay } = this.#parts;
    this.#named += 1;
    const name = `worker-${this.#named}`;
    const way = await redisWay(name);
    const worker = new App({
      name,
      script: workerScript,
      ready: 'the worker runs',
      redisWay: way,
      log,
      env: {
        REDIS_URL: store.urlAt(way.port),
        CONSUMERS_FILE: consumersFile,
        WORKER_PORT: '0',
        LOG_LEVEL: 'debug',
        DRAIN_GRACE_MS: String(drainGraceMs),
        ...appEnv,
        ...workerEnv,
        ...env,
      },
    });
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  async addDashboard(): Promise<Dashboard> {
    const { store, log, redisWay } = this.#parts;
    this.#dashboard = await startDashboard(log, redisWay, store);
    return this.#dashboard;
  }

  /** Those that live now. */
  living(): { name: string; pid: number }[] {
    return this.#all().flatMap((app) => (app.isAlive ? { name: app.name, pid: app.child.pid } : []));
  }

  find(name: string): App {
    const found = this.#all().find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** Ends every process and its way. Safe twice. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((app) => app.stop()));
  }

  #all(): App[] {
    return [...this.workers, ...this.producers, this.#dashboard?.app].filter((app) => app !== undefined);
  }
}
