import type { RedisConnection } from '../redis/script.ts';

/**
 * Which consumers have anything open, so that replicas need not look at all the others. A consumer is marked before a request of it is
 * stored, and unmarked when a look at it finds nothing; replicas look at unmarked ones too, now and then, since the two may cross.
 */
export class BusyConsumers {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#key = `{${prefix}}:busy`;
  }

  async mark(consumer: string): Promise<void> {
    await this.#redis.sadd(this.#key, consumer);
  }

  async unmark(consumer: string): Promise<void> {
    await this.#redis.srem(this.#key, consumer);
  }

  async list(): Promise<string[]> {
    return await this.#redis.smembers(this.#key);
  }
}
