import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import type { RedisConnection } from '../redis/script.ts';
import { type Kind, kindSchema } from './request.ts';

/** How long the index entry of an upload that was never sealed stays. */
const unsealedSeconds = 48 * 3600;
const soonMs = 200;
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
  readonly #soon = new Map<string, ConsumerKeys>();
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Reserves an id, unique over both kinds and all consumers; answers with the place it has, and whether it has it anew. */
  async reserve(id: string, place: RequestPlace): Promise<RequestPlace & { isNew: boolean }> {
    const standing = await this.#redis.set(this.#key(id), format(place), 'EX', unsealedSeconds, 'NX', 'GET');
    return standing === null ? { ...place, isNew: true } : { ...parse(standing), isNew: false };
  }

  async find(id: string): Promise<RequestPlace | undefined> {
    const found = await this.#redis.get(this.#key(id));
    return found === null ? undefined : parse(found);
  }

  /** Makes the entry of a request last that was open when last seen; of one that has finished since, it goes with its record. */
  async keep(keys: ConsumerKeys, id: string, kind: Kind): Promise<void> {
    await this.#redis.set(this.#key(id), format({ kind, consumer: keys.consumer }), 'EX', unsealedSeconds);
    // Of an open one a crash here is mended by the reconciler. Whoever finishes one expires record and entry, in this order: before
    // the entry was made to last, which the second look finds, or after that look.
    if (await this.#expireWith(keys, id)) return;
    await this.#redis.persist(this.#key(id));
    await this.#expireWith(keys, id);
  }

  /**
   * As `keep`, of a request that was stored right after its id was reserved anew: soon, together with others. There is no haste: until then
   * the entry stands for two days.
   */
  keepSoon(keys: ConsumerKeys, id: string): void {
    this.#soon.set(id, keys);
    this.#timer ??= setTimeout(() => void this.flush(), soonMs);
  }

  /** Does now what was to be done soon. What fails is left to the reconciler. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const soon = [...this.#soon];
    this.#soon.clear();
    await this.#keepAll(soon).catch(() => undefined);
  }

  async #keepAll(entries: readonly [string, ConsumerKeys][]): Promise<void> {
    if (this.#redis.isCluster) {
      await Promise.all(entries.map(([id]) => this.#redis.persist(this.#key(id))));
      await Promise.all(entries.map(([id, keys]) => this.#expireWith(keys, id)));
      return;
    }
    const pipeline = this.#redis.pipeline();
    for (const [id] of entries) pipeline.persist(this.#key(id));
    for (const [id, keys] of entries) pipeline.pttl(requestKey(keys, id));
    const answers = (await pipeline.exec()) ?? [];
    // Some may have finished by now, and their entries are to go with their records.
    const finished = entries.filter((_entry, index) => Number(answers[entries.length + index]?.[1] ?? 0) > 0);
    await Promise.all(finished.map(([id, keys]) => this.#expireWith(keys, id)));
  }

  /** Lets the entry go with the record, when that is to go; `false` while it lasts. */
  async #expireWith(keys: ConsumerKeys, id: string): Promise<boolean> {
    const leftMs = await keys.redis.pttl(requestKey(keys, id));
    if (leftMs > 0) await this.expire(id, leftMs);
    return leftMs !== lasting;
  }

  /** Lets the entry of a finished request go with its record. */
  async expire(id: string, ms: number): Promise<void> {
    await this.#redis.pexpire(this.#key(id), ms);
  }

  #key(id: string): string {
    return `${this.#prefix}:index:${id}`;
  }
}

function format({ kind, consumer }: RequestPlace): string {
  return `${kind} ${consumer}`;
}

function parse(text: string): RequestPlace {
  const [kind, consumer = ''] = text.split(' ');
  return { kind: kindSchema.parse(kind), consumer };
}
