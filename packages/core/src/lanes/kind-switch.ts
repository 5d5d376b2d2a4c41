import { z } from 'zod';
import type { RedisConnection } from '../redis/script.ts';
import type { Why } from '../requests/control.ts';
import type { Kind } from '../requests/request.ts';

const stopSchema = z.object({ reason: z.string(), since: z.string(), by: z.string().optional() });
export type KindStop = z.infer<typeof stopSchema>;

/** The switch that stops every claim and every send of a kind, over all consumers and replicas, until it is put back. */
export class KindSwitch {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#key = `{${prefix}}:stopped`;
  }

  async stop(kind: Kind, { reason, by }: Why): Promise<void> {
    const stop: KindStop = { reason, since: new Date().toISOString(), ...(by !== undefined && { by }) };
    await this.#redis.hset(this.#key, kind, JSON.stringify(stop));
  }

  async start(kind: Kind): Promise<void> {
    await this.#redis.hdel(this.#key, kind);
  }

  async read(kind: Kind): Promise<KindStop | undefined> {
    const found = await this.#redis.hget(this.#key, kind);
    return found === null ? undefined : stopSchema.parse(JSON.parse(found));
  }
}
