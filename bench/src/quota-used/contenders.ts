import type { Kind } from '@session-queue/core';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Delay, oneWaySpreadMs } from '../lab/delay.ts';
import { itemsOf } from '../lab/items.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';

export const ourKey = 'session-queue';
export const peerNames = ['plain', 'job-per-id', 'script', 'limiter', 'limiter-with-margin'] as const;
export type PeerName = (typeof peerNames)[number];

/** Timers and new connections are not to the millisecond, whatever the network. */
const timersMs = 5;

/** Somebody who does the same work in another way; its name is its key at Learnosity. */
export interface Peer {
  title: string;
  script: URL;
  /** Whether as many processes of it run as there are replicas of ours; the others know of no second one. */
  hasReplicas: boolean;
  /** How much longer than a window it takes for the calls of one, ms; nothing when absent. */
  marginMs?(delay: Delay): number;
  /** Puts work for so many seconds where it looks for it; absent where it brings its own. */
  giveWork?(redis: Redis, kind: Kind, seconds: number): Promise<void>;
}

/** So many items that nobody is done before the time is over. */
export function itemsFor(kind: Kind, seconds: number): number {
  const { calls, windowMs } = learnosityQuotas[kind];
  return Math.ceil((seconds * 1_000) / windowMs + 2) * calls * itemsPerCall;
}

export const peers: Readonly<Record<PeerName, Peer>> = {
  plain: {
    title: 'plain BullMQ, a job per 50',
    script: new URL('../peers/plain-bullmq.js', import.meta.url),
    hasReplicas: true,
    giveWork: async (redis, kind, seconds) => {
      const items = [...itemsOf(kind, itemsFor(kind, seconds), 0xa0)];
      const jobs = Array.from({ length: items.length / itemsPerCall }, (_, i) => {
        return { items: items.slice(i * itemsPerCall, (i + 1) * itemsPerCall) };
      });
      await addJobs(redis, 'plain', jobs);
    },
  },
  'job-per-id': {
    title: 'plain BullMQ, a job per id',
    script: new URL('../peers/job-per-id.js', import.meta.url),
    hasReplicas: true,
    giveWork: async (redis, kind, seconds) => {
      const items = itemsOf(kind, itemsFor(kind, seconds) / itemsPerCall, 0xb0);
      await addJobs(
        redis,
        'job-per-id',
        Array.from(items, (item) => ({ item })),
      );
    },
  },
  script: {
    title: 'sequential script',
    script: new URL('../peers/script.js', import.meta.url),
    hasReplicas: false,
  },
  limiter: {
    title: 'script behind bottleneck, evenly spaced',
    script: new URL('../peers/limiter.js', import.meta.url),
    hasReplicas: false,
  },
  'limiter-with-margin': {
    title: 'script behind bottleneck, spaced with a margin for the jitter',
    script: new URL('../peers/limiter.js', import.meta.url),
    hasReplicas: false,
    // The least with which no call can arrive within a window of the one that it follows by a quota: 1,031 ms apart for 20-320 ms.
    marginMs: (delay) => oneWaySpreadMs(delay) + timersMs,
  },
};

async function addJobs(redis: Redis, name: string, data: readonly unknown[]): Promise<void> {
  const queue = new Queue(name, { connection: redis });
  try {
    for (let from = 0; from < data.length; from += 100) {
      await queue.addBulk(data.slice(from, from + 100).map((one) => ({ name: 'send', data: one })));
    }
  } finally {
    await queue.close();
  }
}
