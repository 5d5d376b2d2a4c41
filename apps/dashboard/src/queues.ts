import {
  bullPrefix,
  callbackQueueName,
  type Kind,
  kinds,
  queueNames,
  type RedisConnection,
  ruleQueueName,
} from '@session-queue/core';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { LenientQueue } from './lenient-queue.ts';

/** The two queues of a kind. */
export interface KindQueues {
  readonly kind: Kind;
  /** Where requests come in. */
  readonly requests: Queue;
  /** Mirrors of the calls that are made. */
  readonly batches: Queue;
}

/** The BullMQ queues of all kinds, the callbacks' and the rules', read and paused here, never worked on. */
export class Queues {
  readonly kinds: readonly KindQueues[];
  /** Requests that have ended, and whose callback a producer delivers. */
  readonly callbacks: Queue;
  /** Retention rules that are enabled, and their runs under way. */
  readonly rules: Queue;

  constructor(redis: RedisConnection, prefix: string, logger: Logger) {
    const open = (name: string): Queue => {
      // Waits for its first connection, however long: with `skipWaitingForReady` a queue that is made before Redis can be
      // reached never works. What the workers noted about the queue stays, since they may be of another version.
      const queue = new LenientQueue(name, {
        connection: redis,
        prefix: bullPrefix(prefix),
        skipMetasUpdate: true,
      });
      // Without a listener an error of the connection would end the process.
      queue.on('error', (error) => logger.debug({ err: error, queue: name }, 'queue connection'));
      return queue;
    };
    this.kinds = kinds.map((kind) => ({
      kind,
      requests: open(queueNames[kind].requests),
      batches: open(queueNames[kind].batches),
    }));
    this.callbacks = open(callbackQueueName);
    this.rules = open(ruleQueueName);
  }

  get all(): Queue[] {
    return [...this.kinds.flatMap(({ requests, batches }) => [requests, batches]), this.callbacks, this.rules];
  }

  of(kind: Kind): KindQueues {
    const found = this.kinds.find((queues) => queues.kind === kind);
    if (found === undefined) throw new Error(`no queues of kind ${kind}`);
    return found;
  }

  named(name: string): Queue | undefined {
    return this.all.find((queue) => queue.name === name);
  }

  /** The queue of this name, if requests come in there. */
  requestQueue(name: string): Queue | undefined {
    return this.kinds.find(({ requests }) => requests.name === name)?.requests;
  }

  /** Rejects unless every queue answers. */
  async check(): Promise<void> {
    await Promise.all(this.all.map(async (queue) => await queue.isPaused()));
  }

  /** Lets go of the connection, which belongs to the caller. */
  async close(): Promise<void> {
    await Promise.allSettled(this.all.map(async (queue) => await queue.close()));
  }
}
