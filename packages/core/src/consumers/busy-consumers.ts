import type { RedisConnection } from '../redis/script.ts';

/**
 * Which consumers have anything open, so that replicas need not look at all the others. A consumer is marked before a request of it is
 * stored, and unmarked when a look at it finds nothing; replicas look at unmarked ones too, now and then, since the two may cross.
 */
export class BusyConsumers {
  readonly #redis: RedisConnection;
  /** Of the set. */
  readonly key: string;
  readonly #marking = new Map<string, Promise<void>>();

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.key = `{${prefix}}:busy`;
  }

  /** Whoever comes while a mark is on its way to Redis waits for that one. */
  mark(consumer: string): Promise<void> {
    const marking = this.#marking.get(consumer) ?? this.#mark(consumer);
    this.#marking.set(consumer, marking);
    return marking;
  }

  async #mark(consumer: string): Promise<void> {
    try {
      await this.#redis.sadd(this.key, consumer);
    } finally {
      this.#marking.delete(consumer);
    }
  }

  async unmark(consumer: string): Promise<void> {
    this.#marking.delete(consumer);
    await this.#redis.srem(this.key, consumer);
  }

  async list(): Promise<string[]> {
    return await this.#redis.smembers(this.key);
  }
}
