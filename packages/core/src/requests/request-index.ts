import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import type { RedisConnection } from '../redis/script.ts';
import { type Kind, kindSchema } from './request.ts';

/** How long the index entry of an upload that was never sealed stays. */
const unsealedSeconds = 48 * 3600;
/** What PTTL says of a key that does not expire. */
const lasting = -1;

export interface RequestPlace {
  kind: Kind;
  consumer: string;
}

/**
 * Says of every request id which consumer and kind it belongs to. It lies outside the consumer's hash tag, so it is written
 * before the request and made lasting after its seal; the reconciler mends what a crash leaves between the two.
 */
export class RequestIndex {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Reserves an id, unique over both kinds and all consumers; answers with the place it has. */
  async reserve(id: string, place: RequestPlace): Promise<RequestPlace> {
    const standing = await this.#redis.set(this.key(id), formatPlace(place), 'EX', unsealedSeconds, 'NX', 'GET');
    return standing === null ? place : parse(standing);
  }

  /** Its entries may lie on other nodes than their requests. */
  get isCluster(): boolean {
    return this.#redis.isCluster;
  }

  async find(id: string): Promise<RequestPlace | undefined> {
    const found = await this.#redis.get(this.key(id));
    return found === null ? undefined : parse(found);
  }

  /** Makes the entry of a request last that was open when last seen; of one that has finished since, it goes with its record. */
  async keep(keys: ConsumerKeys, id: string, kind: Kind): Promise<void> {
    await this.#redis.set(this.key(id), formatPlace({ kind, consumer: keys.consumer }), 'EX', unsealedSeconds);
    // Of an open one a crash here is mended by the reconciler. Whoever finishes one expires record and entry, in this order: before
    // the entry was made to last, which the second look finds, or after that look.
    if (await this.#expireWith(keys, id)) return;
    await this.#redis.persist(this.key(id));
    await this.#expireWith(keys, id);
  }

  /** Lets the entry go with the record, when that is to go; `false` while it lasts. */
  async #expireWith(keys: ConsumerKeys, id: string): Promise<boolean> {
    const leftMs = await keys.redis.pttl(requestKey(keys, id));
    if (leftMs > 0) await this.expire(id, leftMs);
    return leftMs !== lasting;
  }

  /** Lets the entry of a finished request go with its record. */
  async expire(id: string, ms: number): Promise<void> {
    await this.#redis.pexpire(this.key(id), ms);
  }

  /** Where the entry of a request lies. */
  key(id: string): string {
    return `${this.#prefix}:index:${id}`;
  }
}

/** What an entry holds. */
export function formatPlace({ kind, consumer }: RequestPlace): string {
  return `${kind} ${consumer}`;
}

function parse(text: string): RequestPlace {
  const [kind, consumer = ''] = text.split(' ');
  return { kind: kindSchema.parse(kind), consumer };
}
