import { freePort } from '@session-queue/testing';
import { App } from './app.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import type { LogBook } from './log-book.ts';
import { producerScript, workerScript } from './places.ts';
import type { Store } from './store/store.ts';
import type { Way } from './way.ts';

export const drainGraceMs = 5_000;

type Env = Readonly<Record<string, string>>;

export interface AppsParts {
  store: Pick<Store, 'urlAt'>;
  log: LogBook;
  consumersFile: string;
  /** What services show the producer. */
  token: string;
  /** Further variables of the workers and the producer. */
  appEnv: Env;
  /** Further variables of the workers. */
  workerEnv: Env;
  /** A way to Redis for the process of a name. */
  redisWay: (name: string) => Promise<Way>;
}

/** The processes of a world that are the product: its producer, its workers, and its dashboard where there is one. */
export class Apps {
  readonly workers: App[] = [];
  readonly #parts: AppsParts;
  #producer: App | undefined;
  #dashboard: Dashboard | undefined;
  #producerPort = 0;
  #named = 0;

  constructor(parts: AppsParts) {
    this.#parts = parts;
  }

  get producer(): App | undefined {
    return this.#producer;
  }

  get dashboard(): Dashboard | undefined {
    return this.#dashboard;
  }

  get producerUrl(): string {
    return `http://127.0.0.1:${this.#producerPort}`;
  }

  /** Starts the producer; it waits until it listens. */
  async startProducer(): Promise<void> {
    const { store, log, token, appEnv, redisWay } = this.#parts;
    this.#producerPort = await freePort();
    const way = await redisWay('producer');
    this.#producer = new App({
      name: 'producer',
      script: producerScript,
      ready: '"listening"',
      redisWay: way,
      log,
      env: {
        REDIS_URL: store.urlAt(way.port),
        PRODUCER_PORT: String(this.#producerPort),
        PRODUCER_HOST: '127.0.0.1',
        PRODUCER_API_KEYS: `faults:${token}`,
        // Made-up input comes as fast as it is answered.
        PRODUCER_RATE_PER_MINUTE: '0',
        LOG_LEVEL: 'debug',
        ...appEnv,
      },
    });
    await this.#producer.start();
  }

  /** Starts one more worker; it waits until it runs. */
  async addWorker(env: Env): Promise<App> {
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
    return [...this.workers, this.#producer, this.#dashboard?.app].filter((app) => app !== undefined);
  }
}
