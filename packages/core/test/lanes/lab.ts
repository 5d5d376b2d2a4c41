import { type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { type Batch, readBatch, readItemTexts } from '../../src/lanes/batch.ts';
import type { Claim } from '../../src/lanes/claim-answer.ts';
import { batchKey, type ConsumerKeys, consumerKeys } from '../../src/lanes/keys.ts';
import { type GiveBack, type ItemOutcome, Lane, type LaneOptions } from '../../src/lanes/lane.ts';
import { openRequest } from '../../src/requests/control.ts';
import type { Kind } from '../../src/requests/request.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { readRequest } from '../../src/requests/view.ts';

/** As a worker has them by default, for whoever surveys. */
export const quotas = { deletion: { calls: 5, windowMs: 5_000 }, resubmission: { calls: 50, windowMs: 5_000 } };

/** A lane on a real Redis, with requests to put into it. */
export class Lab {
  readonly server: RedisServer;
  readonly redis: Redis;
  #tests = 0;
  keys: ConsumerKeys;

  static async start(): Promise<Lab> {
    const server = await startRedis();
    return new Lab(server);
  }

  constructor(server: RedisServer) {
    this.server = server;
    this.redis = new Redis(server.url);
    this.keys = consumerKeys(this.redis, 'test', 'none');
  }

  /** A consumer of its own for each test. */
  next(): this {
    this.#tests += 1;
    this.keys = consumerKeys(this.redis, 'test', `c${this.#tests}`);
    return this;
  }

  lane(kind: Kind = 'deletion', options: Partial<LaneOptions> = {}): Lane {
    const quota = { calls: 5, windowMs: 5_000 };
    return new Lane(this.keys, kind, { quota, deadlineMs: 1_000, fingerprint: 'a', retentionMs: 60_000, ...options });
  }

  async request(id: string, items: Iterable<string>, kind: Kind = 'deletion', ignoring = false): Promise<void> {
    await storeRequest(this.keys, { id, kind, ignoring, items });
    await openRequest(this.keys, id);
  }

  async counts(id: string) {
    const view = await readRequest(this.keys, id);
    if (view === undefined) throw new Error(`no request ${id}`);
    return { state: view.state, ...view.counts };
  }

  async claim(lane: Lane, id: string): Promise<Claim> {
    let answer = await lane.claim(id);
    // Redis counts in whole milliseconds: a partly filled batch right after another one may have to wait for the next.
    while (answer.is === 'wait' && answer.ms <= 1) answer = await lane.claim(id);
    if (answer.is !== 'batch') throw new Error(`claim answered ${JSON.stringify(answer)}`);
    return answer.claim;
  }

  /** Claims and submits a batch; answers with its reference. */
  async submit(lane: Lane, id: string): Promise<{ claim: Claim; reference: string }> {
    const claim = await this.claim(lane, id);
    const permit = await lane.beginSend(claim);
    if (permit.is !== 'go') throw new Error(`begin-send answered ${JSON.stringify(permit)}`);
    const reference = `reference-${id}`;
    await lane.recordReference(claim, permit.attempt, reference, { msSinceHeaders: 0, firstPollMs: 0 });
    return { claim, reference };
  }

  async batch(id: string): Promise<Batch> {
    const batch = await readBatch(this.keys, id);
    if (batch === undefined) throw new Error(`no batch ${id}`);
    return batch;
  }

  /** Redis's own time. */
  async redisMs(): Promise<number> {
    const [seconds = 0, micros = 0] = (await this.redis.time()).map(Number);
    return seconds * 1_000 + micros / 1_000;
  }

  /** As if the slot of a deletion were free in so many ms; answers with that moment on Redis's clock. */
  async freeWithin(ms: number, slot: string): Promise<number> {
    const freeAt = (await this.redisMs()) + ms;
    await this.redis.zadd(`${this.keys.base}slots:deletion`, freeAt, slot);
    return freeAt;
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.server.stop();
  }
}

/** The items of a batch as Learnosity gets them. */
export async function readBatchItems(keys: ConsumerKeys, batch: Batch): Promise<(string | undefined)[]> {
  return await readItemTexts(keys, batch, await keys.redis.lrangeBuffer(`${batchKey(keys, batch.id)}:items`, 0, -1));
}

export function ids(n: number, from = 0): string[] {
  return Array.from({ length: n }, (_, i) => `00000000-0000-4000-8000-${String(from + i).padStart(12, '0')}`);
}

/** How the slot of a call is freed that was never made. */
export const unused = { how: 'unused' } as const;

export function back(cause: GiveBack['cause'], dueInMs = 0): GiveBack {
  return { cause, code: `code of ${cause}`, message: `message of ${cause}`, dueInMs };
}

export function all(size: number, outcome: ItemOutcome): ItemOutcome[] {
  return Array.from({ length: size }, () => outcome);
}
