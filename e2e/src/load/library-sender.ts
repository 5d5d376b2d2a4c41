import { connectRedis, createLogger, Refusal, type RefusalCode, SessionQueueClient } from '@session-queue/core';
import type { Ask } from './asks.ts';
import type { Heard, Sender } from './delivery.ts';

/** Refusals after which the same call may do better. */
const passing: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['unavailable', 'in_progress', 'memory_short']);

/** A service that uses the library, with ids of its own. */
export class LibrarySender implements Sender {
  readonly #redis;
  readonly #client: SessionQueueClient;

  constructor(redisUrl: string, { sessionIndex = false } = {}) {
    this.#redis = connectRedis({ url: redisUrl }, 'producer', createLogger({ level: 'silent', name: 'service' }));
    this.#client = new SessionQueueClient({ redis: this.#redis, sessionIndex });
  }

  async send(ask: Ask, signal: AbortSignal): Promise<Heard> {
    const { name: id, consumer, kind, items, ignoring } = ask;
    try {
      const view =
        kind === 'deletion'
          ? await this.#client.deleteSessions({ id, consumer, sessionIds: items, signal })
          : await this.#client.resubmit({
              id,
              consumer,
              submissions: items,
              ignoreResponseRevisions: ignoring,
              signal,
            });
      return { is: 'promised', request: view.id, total: view.counts.total };
    } catch (error) {
      if (error instanceof Refusal && !passing.has(error.code)) return { is: 'refused', why: error.code };
      return { is: 'again', why: error instanceof Refusal ? error.code : String(error) };
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await this.#client.close().catch(() => undefined);
  }
}
