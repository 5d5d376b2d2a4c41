import type { RedisConnection } from '@session-queue/core';
import type { Session } from './sessions.ts';

/** Sessions that were signed out of before their time, remembered in Redis for all replicas until they would end. */
export class EndedSessions {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async end(session: Session): Promise<void> {
    await this.#redis.set(this.#key(session), '1', 'PXAT', session.until);
  }

  async hasEnded(session: Session): Promise<boolean> {
    return (await this.#redis.exists(this.#key(session))) === 1;
  }

  #key(session: Session): string {
    return `${this.#prefix}:dashboard:ended-session:${session.id}`;
  }
}
