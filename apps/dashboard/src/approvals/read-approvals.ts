import type { RedisConnection, RequestView, SessionQueue } from '@session-queue/core';
import { BusyConsumers, consumerKeys, type KeptBackFor, keptBackDeletions, redisNow } from '@session-queue/core/engine';
import { inChunks } from '../overview/in-chunks.ts';

/** Requests that are listed; the figures on the overview count all. */
const mostListed = 200;
/** Consumers, and records, that are read at once. */
const atOnce = 100;

export interface ApprovalSources {
  redis: RedisConnection;
  prefix: string;
  sessionQueue: Pick<SessionQueue, 'getRequest'>;
}

export interface ApprovalList {
  what: KeptBackFor;
  /** Those asked for first, or those whose window ends first. */
  requests: RequestView[];
  /** There may be more of them. */
  isCut: boolean;
  /** Ms of Redis's clock. */
  readAt: number;
}

/** The deletions of all consumers that wait for approval, or are in their hold window. */
export async function readApprovals(
  { redis, prefix, sessionQueue }: ApprovalSources,
  what: KeptBackFor,
): Promise<ApprovalList> {
  const [readAt, consumers] = await Promise.all([redisNow(redis), new BusyConsumers(redis, prefix).list()]);
  const found = await inChunks(consumers, atOnce, async (consumer) => {
    return await keptBackDeletions(consumerKeys(redis, prefix, consumer), what, mostListed + 1);
  });
  const all = found.flat().toSorted((one, other) => one.at - other.at);
  const views = await inChunks(all.slice(0, mostListed), atOnce, async ({ id }) => await sessionQueue.getRequest(id));
  const state = what === 'approval' ? 'waiting' : 'accepted';
  const requests = views.filter((view) => view !== undefined).filter((view) => view.state === state);
  return { what, requests, isCut: all.length > mostListed, readAt };
}
