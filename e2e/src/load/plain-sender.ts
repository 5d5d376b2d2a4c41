import { bullPrefix, connectRedis, createLogger, type Kind, queueNames } from '@session-queue/core';
import { Queue } from 'bullmq';
import type { Ask } from './asks.ts';
import type { Heard, Sender } from './delivery.ts';

/** A service that knows BullMQ only: it adds jobs with ids of its own. */
export class PlainSender implements Sender {
  readonly #redis;
  readonly #queues: Record<Kind, Queue>;

  constructor(redisUrl: string) {
    this.#redis = connectRedis({ url: redisUrl }, 'worker', createLogger({ level: 'silent', name: 'service' }));
    const queue = (kind: Kind): Queue => {
      const opened = new Queue(queueNames[kind].requests, {
        connection: this.#redis,
        prefix: bullPrefix('session-queue'),
        skipVersionCheck: true,
      });
      opened.on('error', () => undefined);
      return opened;
    };
    this.#queues = { deletion: queue('deletion'), resubmission: queue('resubmission') };
  }

  async send(ask: Ask, signal: AbortSignal): Promise<Heard> {
    const { name: jobId, consumer, kind, items, ignoring } = ask;
    const data =
      kind === 'deletion'
        ? { consumer, sessionIds: items }
        : { consumer, submissions: items, ignoreResponseRevisions: ignoring };
    // An add hangs while Redis is away, and may be done all the same: the next has the same id.
    const adding = this.#queues[kind].add(kind, data, { jobId });
    adding.catch(() => undefined);
    await Promise.race([
      adding,
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
    ]);
    return { is: 'promised', request: jobId };
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close().catch(() => undefined)));
  }
}
