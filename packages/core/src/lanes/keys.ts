import type { RedisConnection } from '../redis/script.ts';
import type { Kind } from '../requests/request.ts';

/** Where the keys of one consumer lie: a connection and `<prefix>:{<consumer>}:`, which every script takes as its key. */
export interface ConsumerKeys {
  readonly redis: RedisConnection;
  readonly consumer: string;
  readonly base: string;
}

/** All keys of a consumer share one hash tag, so that its scripts are atomic on a cluster too. */
export function consumerKeys(redis: RedisConnection, prefix: string, consumer: string): ConsumerKeys {
  return { redis, consumer, base: `${prefix}:{${consumer}}:` };
}

/** The prefix of all keys. */
export function prefixOf({ base, consumer }: ConsumerKeys): string {
  return base.slice(0, -`:{${consumer}}:`.length);
}

export const requestKey = (keys: ConsumerKeys, id: string): string => `${keys.base}request:${id}`;
export const batchKey = (keys: ConsumerKeys, id: string): string => `${keys.base}batch:${id}`;
export const laneKey = (keys: ConsumerKeys, kind: Kind): string => `${keys.base}${kind}:lane`;

/** The channel on which scripts tell the pumps that a lane has something to claim: `<kind> <consumer>`. */
export const wakeChannel = (prefix: string): string => `${prefix}:wake`;
