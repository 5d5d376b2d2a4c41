import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { parseRedisUrl, type RedisAddress, type RedisNode } from './address.ts';
import { logConnection } from './log-connection.ts';
import type { RedisConnection } from './script.ts';
import { writeTogether } from './write-together.ts';

export interface RedisSettings {
  /** As `parseRedisUrl` reads it. */
  url: string;
  /** In place of one in the URL. */
  password?: string;
  /** PEM certificates to trust instead of the system's. */
  ca?: string;
}

/**
 * - `worker`: waits for Redis without end and resends what was cut, as BullMQ's workers need. Whatever it sends must be
 *   safe to run twice (invariant 11).
 * - `blocking`: as `worker`, for commands that make Redis wait for up to `longestBlockMs`; what is duplicated from it is alike.
 * - `producer`: fails at once while Redis is away, never resends, and gives each command 3 s, so that an HTTP handler can
 *   answer 503 in time. A command that timed out may still have run.
 */
export type RedisRole = 'worker' | 'blocking' | 'producer';

/** The longest that a command of a `blocking` connection may wait in Redis. */
export const longestBlockMs = 15_000;

const connectTimeoutMs = 5_000;
const producerCommandTimeoutMs = 3_000;
const maxReconnectDelayMs = 2_000;
/**
 * A connection on which commands wait and nothing is heard for so long is made anew: the peer, or a NAT in between, may have gone
 * without a word, and TCP alone sends into that for a quarter of an hour. Longer than a healthy Redis ever takes, and short
 * enough for lanes to be back 19 s after the network is.
 */
const silenceMs = { worker: 10_000, blocking: longestBlockMs + 3_000, producer: 5_000 } as const satisfies Record<
  RedisRole,
  number
>;
/** An idle connection, such as one that only listens, is probed by TCP after so long; Node gives up 10 s later. */
const keepAliveMs = 10_000;

/**
 * Connects, in the background, to what the URL names. Errors are logged once each time the connection goes or comes, and
 * never thrown; whoever made the connection ends it by `disconnect()`. Throws `TypeError` for a URL that is none.
 */
export function connectRedis(settings: RedisSettings, role: RedisRole, logger: Logger): RedisConnection {
  const parsed = parseRedisUrl(settings.url);
  if ('fault' in parsed) throw new TypeError(`the Redis URL ${parsed.fault}`);
  const { password = parsed.address.password } = settings;
  const connection = open({ ...parsed.address, password }, settings.ca, role);
  if (role === 'producer' && connection instanceof Redis) writeTogether(connection);
  logConnection(connection, logger.child({ connection: role }));
  return connection;
}

/**
 * Ends a connection that is to be made anew once. `reconnectOnError` is asked for each reply of a pipeline, and every end would listen to
 * the socket again: Node warns of a leak then.
 */
class OnceEnded extends Redis {
  #ended: unknown;

  override disconnect(reconnect = false): void {
    // There is none before the first connection.
    const stream: unknown = this.stream;
    if (reconnect && stream !== undefined && stream === this.#ended) return;
    this.#ended = stream;
    super.disconnect(reconnect);
  }
}

/** Reply mapping is left to ioredis: as an optional property that may be undefined it fits none of its constructors. */
type Options = Omit<RedisOptions, 'replyMapping'>;

function open(address: RedisAddress, ca: string | undefined, role: RedisRole): RedisConnection {
  const common: Options = { ...roleOptions(role), ...accessOptions(address, ca), connectTimeout: connectTimeoutMs };
  if (address.kind === 'cluster') return openCluster(address.nodes, common, role);
  const single: Options = {
    ...common,
    db: address.db,
    retryStrategy: reconnectDelay,
    // After a failover the old master refuses writes: the connection is made anew, to find the new one. What it refused
    // it has not done, so a worker may send it again.
    reconnectOnError: (error) => error.message.startsWith('READONLY') && (role === 'producer' ? 1 : 2),
  };
  if (address.kind === 'single') return new OnceEnded({ ...single, ...address.node });
  return new OnceEnded({
    ...single,
    sentinels: address.sentinels,
    name: address.name,
    sentinelRetryStrategy: reconnectDelay,
    ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(ca) } : {}),
  });
}

function openCluster(
  nodes: RedisNode[],
  { enableOfflineQueue = true, ...redisOptions }: Options,
  role: RedisRole,
): Cluster {
  return new Cluster(nodes, {
    redisOptions,
    enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    // A cluster resends what a closed connection cut, after this delay; 0 is never.
    ...(role === 'producer' ? { retryDelayOnFailover: 0 } : {}),
    // Certificates carry names, and a resolved address would match none.
    ...(redisOptions.tls === undefined ? {} : { dnsLookup: (host, done) => done(null, host) }),
  });
}

function roleOptions(role: RedisRole): Options {
  const common = { socketTimeout: silenceMs[role], keepAlive: keepAliveMs };
  if (role !== 'producer') return { ...common, maxRetriesPerRequest: null };
  return {
    ...common,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: producerCommandTimeoutMs,
  };
}

function accessOptions({ username, password, tls }: RedisAddress, ca: string | undefined): Options {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: tlsOptions(ca) } : {}),
  };
}

function tlsOptions(ca: string | undefined): { ca?: string } {
  return ca === undefined ? {} : { ca };
}

function reconnectDelay(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), maxReconnectDelayMs) * (0.75 + Math.random() / 4);
}
