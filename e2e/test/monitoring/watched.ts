import { SessionQueueClient } from '@session-queue/core';
import { type FakeLearnosity, startFakeLearnosity } from '@session-queue/fake-learnosity';
import { eventually, freePort, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { Child } from '../../src/world/child.ts';
import { LogBook } from '../../src/world/log-book.ts';
import { dashboardScript } from '../../src/world/places.ts';
import { ownRelease } from '../../src/world/release.ts';

const account = { key: 'key', secret: 'fa1757ed-secret', domain: 'example.com' };
const token = 'fa1757ed-token';

/** Session ids that nobody who watches may see. */
export const ids = Array.from({ length: 120 }, (_, i) => `fa1757ed-0000-4000-8000-${String(i).padStart(12, '0')}`);
/** In every id, secret and token. */
export const marker = 'fa1757ed';

/** The built apps with their metrics, a real Redis and the stand-in, after one deletion has ended. */
export class Watched {
  /** Where each app tells its metrics. */
  readonly targets: Record<'worker' | 'producer' | 'dashboard', string>;
  readonly log: LogBook;
  readonly #redis: RedisServer;
  readonly #fake: FakeLearnosity;
  readonly #children: Child[];

  static async start(): Promise<Watched> {
    const redis = await startRedis();
    const consumers = [{ key: account.key, secret: account.secret, domains: [account.domain] }];
    const fake = await startFakeLearnosity({ consumers, jobMs: { min: 10, max: 50 }, quotas: { deletion: null } });
    const [workerPort, producerPort, dashboardPort] = [await freePort(), await freePort(), await freePort()];
    const log = new LogBook();
    const shared = { REDIS_URL: redis.url, LOG_LEVEL: 'trace' };
    const child = async (name: string, script: string, ready: string, env: Record<string, string>) => {
      const started = new Child({ name, script, env: { ...shared, ...env }, log });
      await started.says(ready, 60_000);
      return started;
    };
    const apiPort = await freePort();
    const children = await Promise.all([
      child('worker', ownRelease.workerScript, 'the worker runs', {
        WORKER_PORT: String(workerPort),
        LEARNOSITY_CONSUMER_KEY: account.key,
        LEARNOSITY_CONSUMER_SECRET: account.secret,
        LEARNOSITY_DOMAIN: account.domain,
        LEARNOSITY_BASE_URL: fake.url,
      }),
      child('producer', ownRelease.producerScript, '"listening"', {
        PRODUCER_PORT: String(apiPort),
        PRODUCER_HOST: '127.0.0.1',
        PRODUCER_API_KEYS: `tests:${token}`,
        METRICS_PORT: String(producerPort),
      }),
      child('dashboard', dashboardScript, 'the dashboard listens', {
        DASHBOARD_PORT: '0',
        DASHBOARD_HOST: '127.0.0.1',
        METRICS_PORT: String(dashboardPort),
      }),
    ]);
    const ports = { worker: workerPort, producer: producerPort, dashboard: dashboardPort };
    const watched = new Watched({ redis, fake, children, log, ports });
    try {
      await watched.#work(`http://127.0.0.1:${apiPort}`);
    } catch (error) {
      await watched.stop();
      throw error;
    }
    return watched;
  }

  constructor(parts: {
    redis: RedisServer;
    fake: FakeLearnosity;
    children: Child[];
    log: LogBook;
    ports: Record<'worker' | 'producer' | 'dashboard', number>;
  }) {
    this.#redis = parts.redis;
    this.#fake = parts.fake;
    this.#children = parts.children;
    this.log = parts.log;
    const at = (port: number) => `127.0.0.1:${port}`;
    this.targets = {
      worker: at(parts.ports.worker),
      producer: at(parts.ports.producer),
      dashboard: at(parts.ports.dashboard),
    };
  }

  /** What each app tells, one after the other. */
  async metrics(): Promise<string> {
    const texts = await Promise.all(
      Object.values(this.targets).map(async (target) => await (await fetch(`http://${target}/metrics`)).text()),
    );
    return texts.join('\n');
  }

  async #work(producer: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    const body = JSON.stringify({ sessionIds: ids, reason: 'a test' });
    // It listens before Redis is there.
    await eventually(async () => (await fetch(`${producer}/readyz`)).ok, { timeoutMs: 20_000 });
    const accepted = await fetch(`${producer}/v1/deletions`, { method: 'POST', headers, body });
    if (accepted.status !== 202) throw new Error(`the deletion was answered ${accepted.status}`);
    // Asked wrongly as well: what is refused is counted, and not repeated.
    await fetch(`${producer}/v1/deletions`, { method: 'POST', headers, body: `{"sessionIds":["${ids[0]}"` });
    await fetch(`${producer}/v1/requests/${ids[0]}`, { headers: { Authorization: `Bearer ${marker}-wrong` } });
    const redis = new Redis(this.#redis.url);
    const client = new SessionQueueClient({ redis });
    try {
      await eventually(
        async () => {
          const { requests } = await client.listRequests({ state: 'completed' });
          return requests.length > 0;
        },
        { timeoutMs: 30_000 },
      );
    } finally {
      await client.close();
      redis.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end('SIGKILL')));
    await this.#fake.close();
    await this.#redis.stop();
  }
}
