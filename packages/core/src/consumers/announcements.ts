import { rememberedMs, type WorkerSign, workerSignsKey } from '../figures/worker-signs.ts';
import { defineScript, type RedisConnection } from '../redis/script.ts';
import { formatWorkerSettings, type WorkerSettings, workerSettingsKey } from './worker-settings.ts';

const announceScript = defineScript({ file: new URL('./announce.lua', import.meta.url), flags: ['allow-oom'] });

/** How long an announcement stands unless it is renewed; a worker that died is forgotten then. */
export const announcementMs = 30_000;

export interface AnnouncedConsumer {
  name: string;
  /** A hash of key and address: two of one identity would share one quota without knowing. */
  identity: string;
}

export interface AnnouncementClash {
  is: 'one key' | 'two keys';
  names: [string, string];
}

/** Which consumers the workers know. Lies beside the queues, so that one script sees all of it on a cluster too. */
export class Announcements {
  readonly #redis: RedisConnection;
  readonly #announced: string;
  readonly #names: string;
  readonly #settings: string;
  readonly #signs: string;
  readonly #countedSince: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#announced = `{${prefix}}:announcements`;
    this.#names = `{${prefix}}:consumers`;
    this.#settings = workerSettingsKey(prefix);
    this.#signs = workerSignsKey(prefix);
    this.#countedSince = `{${prefix}}:counted-since`;
  }

  /** Announces or renews; answers with the clash when a living worker's consumers forbid it. */
  async announce(
    worker: string,
    consumers: readonly AnnouncedConsumer[],
    said: { settings?: WorkerSettings; sign?: WorkerSign } = {},
  ): Promise<AnnouncementClash | undefined> {
    for (const [index, { name, identity }] of consumers.entries()) {
      const twin = consumers.slice(0, index).find((other) => other.identity === identity);
      if (twin !== undefined) return { is: 'one key', names: [twin.name, name] };
    }
    const pairs = consumers.flatMap(({ name, identity }) => [name, identity]);
    const reply = await announceScript.run(
      this.#redis,
      [this.#announced, this.#names, this.#settings, this.#signs, this.#countedSince],
      [
        worker,
        announcementMs,
        said.settings === undefined ? '' : formatWorkerSettings(said.settings),
        said.sign === undefined ? '' : JSON.stringify(said.sign),
        rememberedMs,
        ...pairs,
      ],
    );
    const [is, first = '', second = ''] = Array.isArray(reply) ? reply.map(String) : [];
    return is === 'one key' || is === 'two keys' ? { is, names: [first, second] } : undefined;
  }

  async withdraw(worker: string, consumers: readonly AnnouncedConsumer[]): Promise<void> {
    const announced = consumers.map(({ name }) => `${name}\t${worker}`);
    if (announced.length > 0) await this.#redis.hdel(this.#announced, ...announced);
    // The sign last: an announcement without one is of a worker that counts nothing.
    await this.#redis.hdel(this.#signs, worker);
  }

  /**
   * Since when every worker has counted what it moves, ms of Redis's clock; 0 while one of a version without figures lives. After a
   * time without any that counts it is the first announcement of one.
   */
  async countedSince(): Promise<number> {
    return Number(await this.#redis.get(this.#countedSince));
  }

  /** The workers whose announcements stand at a moment of Redis's clock, each with the consumers it knows. */
  async living(nowMs: number): Promise<Map<string, string[]>> {
    const workers = new Map<string, string[]>();
    for (const [field, value] of Object.entries(await this.#redis.hgetall(this.#announced))) {
      const [name = '', worker = ''] = field.split('\t');
      if (Number(value.split('\t')[1]) >= nowMs) workers.set(worker, [...(workers.get(worker) ?? []), name].sort());
    }
    return workers;
  }

  /** Every consumer that a worker has announced, in the order of the alphabet; empty before the first worker. */
  async names(): Promise<string[]> {
    return (await this.#redis.smembers(this.#names)).sort();
  }
}
