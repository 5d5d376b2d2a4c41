import type { RedisConnection } from '../redis/script.ts';
import type { Why } from '../requests/control.ts';
import type { Kind } from '../requests/request.ts';
import { formatHandStop, type HandStop, parseHandStop } from './hand-stop.ts';
import { wakeChannel } from './keys.ts';

/** The switch that stops every claim and every send of a kind, over all consumers and replicas, until it is put back. */
export class KindSwitch {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #key: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#key = `{${prefix}}:stopped`;
  }

  async stop(kind: Kind, why: Why): Promise<void> {
    await this.#redis.hset(this.#key, kind, formatHandStop(why));
  }

  async start(kind: Kind): Promise<void> {
    await this.#redis.hdel(this.#key, kind);
    await this.#redis.publish(wakeChannel(this.#prefix), `${kind} *`);
  }

  async read(kind: Kind): Promise<HandStop | undefined> {
    const found = await this.#redis.hget(this.#key, kind);
    return found === null ? undefined : parseHandStop(found);
  }
}
