import { defineScript, type RedisConnection, Refusal, type Script } from '@session-queue/core';
import { z } from 'zod';

/** How long a key is remembered. */
const keepMs = 24 * 60 * 60 * 1000;

/** What became of a key when it was seen (again). */
export type Begun =
  | { outcome: 'begun'; requestId: string }
  | { outcome: 'running'; requestId: string; leftMs: number }
  | { outcome: 'done'; requestId: string; answer: string }
  | { outcome: 'other'; requestId: string };

const begunSchema = z.union([
  z.tuple([z.literal('begun'), z.string()]).transform(([outcome, requestId]) => ({ outcome, requestId })),
  z
    .tuple([z.literal('running'), z.string(), z.number()])
    .transform(([outcome, requestId, leftMs]) => ({ outcome, requestId, leftMs })),
  z
    .tuple([z.literal('done'), z.string(), z.string()])
    .transform(([outcome, requestId, answer]) => ({ outcome, requestId, answer })),
  z.tuple([z.literal('other'), z.string()]).transform(([outcome, requestId]) => ({ outcome, requestId })),
]);

// The records are small and short-lived: they may be written while memory is short, so that core says so itself.
const begin = define('begin-1.lua');
const renew = define('renew-1.lua');
const finish = define('finish-1.lua');
const release = define('release-1.lua');

/** The records of Idempotency-Keys in Redis, one script per step. Throws `Refusal` `unavailable` without Redis. */
export class IdempotencyRecords {
  private readonly redis: RedisConnection;
  private readonly prefix: string;
  readonly leaseMs: number;

  constructor(options: { redis: RedisConnection; prefix: string; leaseMs: number }) {
    this.redis = options.redis;
    this.prefix = options.prefix;
    this.leaseMs = options.leaseMs;
  }

  /** The id of what was, or is being, made under a key; `undefined` of a key that is new. */
  async requestOf(name: string): Promise<string | undefined> {
    try {
      return (await this.redis.hget(this.key(name), 'id')) ?? undefined;
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  async begin(name: string, attempt: { digest: string; requestId: string; owner: string }): Promise<Begun> {
    const { digest, requestId, owner } = attempt;
    return begunSchema.parse(await this.run(begin, name, [digest, requestId, owner, this.leaseMs, keepMs]));
  }

  /** False once another attempt has taken over. */
  async renew(name: string, owner: string): Promise<boolean> {
    return (await this.run(renew, name, [owner, this.leaseMs])) === 1;
  }

  async finish(name: string, done: { requestId: string; answer: string }): Promise<void> {
    await this.run(finish, name, [done.requestId, done.answer, keepMs]);
  }

  /** Ends a failed attempt. With `keptNothing` the key is free for another body, else the same id is used again. */
  async release(name: string, owner: string, keptNothing: boolean): Promise<void> {
    await this.run(release, name, [owner, keptNothing ? 1 : 0]);
  }

  private async run(script: Script, name: string, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await script.run(this.redis, [this.key(name)], args);
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  private key(name: string): string {
    return `${this.prefix}:idempotency:{${name}}`;
  }
}

function unavailable(cause: unknown): Refusal {
  return new Refusal('unavailable', 'Redis did not answer.', { cause });
}

function define(file: string): Script {
  return defineScript({ file: new URL(file, import.meta.url), flags: ['allow-oom'] });
}
