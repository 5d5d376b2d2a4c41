import type { RedisConnection, RequestView, SessionQueue } from '@session-queue/core';
import { BusyConsumers, type ConsumerKeys, consumerKeys, redisNow } from '@session-queue/core/engine';
import { inChunks } from '../overview/in-chunks.ts';

/** Requests that are listed; the figures on the overview count all. */
const mostListed = 200;
/** Consumers, and records, that are read at once. */
const atOnce = 100;

export interface RequestSources {
  redis: RedisConnection;
  prefix: string;
  sessionQueue: Pick<SessionQueue, 'getRequest'>;
}

/** A request, and by which moment it comes before others; Infinity for the last. */
export interface Ranked {
  id: string;
  at: number;
}

export interface FirstRequests {
  requests: RequestView[];
  /** There may be more of them. */
  isCut: boolean;
  /** Ms of Redis's clock. */
  readAt: number;
}

/** The first 200 requests of all busy consumers, in order; `read` gives the first of one consumer, at most `most`. */
export async function firstRequests(
  { redis, prefix, sessionQueue }: RequestSources,
  read: (keys: ConsumerKeys, most: number) => Promise<Ranked[]>,
): Promise<FirstRequests> {
  const [readAt, consumers] = await Promise.all([redisNow(redis), new BusyConsumers(redis, prefix).list()]);
  const found = await inChunks(consumers, atOnce, async (consumer) => {
    // One more than are listed: that there are more is said.
    return await read(consumerKeys(redis, prefix, consumer), mostListed + 1);
  });
  // Two at Infinity differ by nothing, and not by NaN.
  const all = found.flat().toSorted((one, other) => (one.at === other.at ? 0 : one.at - other.at));
  const views = await inChunks(all.slice(0, mostListed), atOnce, async ({ id }) => await sessionQueue.getRequest(id));
  return { requests: views.filter((view) => view !== undefined), isCut: all.length > mostListed, readAt };
}
