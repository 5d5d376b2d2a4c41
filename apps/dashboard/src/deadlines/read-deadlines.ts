import {
  type DeadlineState,
  deadlineStateOf,
  kinds,
  type RedisConnection,
  type RequestView,
  type SessionQueue,
} from '@session-queue/core';
import { BusyConsumers, consumerKeys, earliestDeadlines, redisNow } from '@session-queue/core/engine';
import { inChunks } from '../overview/in-chunks.ts';

/** Requests that are listed; the figures on the overview count all. */
const mostListed = 200;
/** Consumers, and records, that are read at once. */
const atOnce = 100;

export interface DeadlineSources {
  redis: RedisConnection;
  prefix: string;
  sessionQueue: Pick<SessionQueue, 'getRequest'>;
}

export interface DeadlineList {
  deadline: DeadlineState;
  /** The earliest deadline first. */
  requests: RequestView[];
  /** There may be more of them. */
  isCut: boolean;
  /** Ms of Redis's clock. */
  readAt: number;
}

/** The open requests that are at risk, or have missed their deadline, of all consumers. */
export async function readDeadlines(
  { redis, prefix, sessionQueue }: DeadlineSources,
  deadline: DeadlineState,
): Promise<DeadlineList> {
  const [readAt, consumers] = await Promise.all([redisNow(redis), new BusyConsumers(redis, prefix).list()]);
  const found = await inChunks(consumers, atOnce, async (consumer) => {
    const keys = consumerKeys(redis, prefix, consumer);
    const both = kinds.map(async (kind) => await earliestDeadlines(keys, kind, deadline, mostListed));
    return (await Promise.all(both)).flat();
  });
  const earliest = found
    .flat()
    // Two at Infinity differ by nothing, and not by NaN.
    .toSorted((one, other) => (one.at === other.at ? 0 : one.at - other.at))
    .slice(0, mostListed);
  const views = await inChunks(earliest, atOnce, async ({ id }) => await sessionQueue.getRequest(id));
  const requests = views
    .filter((view) => view !== undefined)
    .filter((view) => deadlineStateOf(view) === deadline)
    .toSorted((one, other) => (one.deadline ?? '').localeCompare(other.deadline ?? ''));
  return { deadline, requests, isCut: found.flat().length > mostListed, readAt };
}
