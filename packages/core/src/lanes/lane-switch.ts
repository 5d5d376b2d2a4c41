import type { RedisConnection } from '../redis/script.ts';
import type { Why } from '../requests/control.ts';
import type { Kind } from '../requests/request.ts';
import { formatHandStop } from './hand-stop.ts';
import { consumerKeys, laneKey, wakeChannel } from './keys.ts';

/**
 * Stops a lane by a person's word: nothing of it is claimed or sent, by any replica, until it is started. What has begun goes on to its
 * end, and is polled; a lane that a fault of its consumer stops goes on by itself once that is mended.
 */
export class LaneSwitch {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async stop(consumer: string, kind: Kind, why: Why): Promise<void> {
    await this.#redis.hset(this.#key(consumer, kind), 'off', formatHandStop(why));
  }

  async start(consumer: string, kind: Kind): Promise<void> {
    await this.#redis.hdel(this.#key(consumer, kind), 'off');
    await this.#redis.publish(wakeChannel(this.#prefix), `${kind} ${consumer}`);
  }

  #key(consumer: string, kind: Kind): string {
    return laneKey(consumerKeys(this.#redis, this.#prefix, consumer), kind);
  }
}
