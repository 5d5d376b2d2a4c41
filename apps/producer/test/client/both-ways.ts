import { connectRedis, createLogger, type RedisConnection, untilRedisReady } from '@session-queue/core';
import {
  HttpSessionQueue,
  type Kind,
  Refusal,
  type RequestReader,
  type Rules,
  type Selections,
  type SessionQueue,
  SessionQueueClient,
} from '@session-queue/core/client';
import { Announcements, consumerKeys, type ItemOutcome, Lane, openRequest } from '@session-queue/core/engine';
import { type RedisServer, startRedis } from '@session-queue/testing';
import { startProducer, type TestProducer } from '../support/test-producer.ts';
import { walk } from '../support/walk.ts';

export const ways = ['Redis', 'HTTP'] as const;
export type Way = (typeof ways)[number];

/** One Redis with a producer before it, both ways to it, and in place of the workers a hand that moves what was asked for. */
export class BothWays {
  readonly redis: RedisConnection;
  readonly #server: RedisServer;
  readonly #overRedis: SessionQueueClient;
  readonly #producer: TestProducer;
  #batches = 0;

  static async start(): Promise<BothWays> {
    const server = await startRedis();
    const redis = connectRedis({ url: server.url }, 'producer', createLogger({ level: 'silent', name: 'test' }));
    await untilRedisReady(redis, 5_000);
    const queue = new SessionQueueClient({ redis, prefix: 'test' });
    const options = { queue, redis, prefix: 'test', maxBodyBytes: 8 * 1024 * 1024 };
    const producer = await startProducer({ ...options, callbackFault: () => undefined });
    return new BothWays(server, redis, queue, producer);
  }

  private constructor(
    server: RedisServer,
    redis: RedisConnection,
    overRedis: SessionQueueClient,
    producer: TestProducer,
  ) {
    this.#server = server;
    this.redis = redis;
    this.#overRedis = overRedis;
    this.#producer = producer;
  }

  queue(way: Way): SessionQueue & Selections & RequestReader & { rules: Rules } {
    return way === 'Redis' ? this.#overRedis : new HttpSessionQueue({ url: this.#producer.url });
  }

  async announce(...names: string[]): Promise<void> {
    const announced = names.map((name) => ({ name, identity: name }));
    await new Announcements(this.redis, 'test').announce('a worker', announced);
  }

  /** Lets a batch of the lane of the default consumer end so, as the workers would. */
  async settle(id: string, kind: Kind, outcome: ItemOutcome, code = '', message = ''): Promise<void> {
    const keys = consumerKeys(this.redis, 'test', 'default');
    await openRequest(keys, id);
    const quota = { calls: 1_000, windowMs: 1 };
    const lane = new Lane(keys, kind, { quota, deadlineMs: 1_000, fingerprint: 'a', retentionMs: 60_000 });
    this.#batches += 1;
    let answer = await lane.claim(`batch-${this.#batches}`);
    while (answer.is === 'wait') answer = await lane.claim(`batch-${this.#batches}`);
    if (answer.is !== 'batch') throw new Error(`claim answered ${JSON.stringify(answer)}`);
    const { claim } = answer;
    await lane.beginSend(claim);
    const size = Number(await this.redis.hget(`${keys.base}batch:${claim.batch}`, 'size'));
    const outcomes = Array.from({ length: size }, () => outcome);
    await lane.resolve(claim.batch, { claims: claim.claims }, { outcomes, code, message });
  }

  /** Lets the walk of a selection come to these sessions, as a worker would. */
  async find(id: string, sessionIds: readonly string[], consumer = 'default'): Promise<void> {
    await walk(consumerKeys(this.redis, 'test', consumer), id, sessionIds);
  }

  async stop(): Promise<void> {
    await this.#producer.stop();
    await this.#overRedis.close();
    this.redis.disconnect();
    await this.#server.stop();
  }
}

/** The refusal of a call that must be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error;
  throw new Error('this was not refused', { cause: error });
}
