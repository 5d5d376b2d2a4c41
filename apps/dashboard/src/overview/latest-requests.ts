import type { RedisConnection, RequestView, SessionQueue } from '@session-queue/core';
import type { Queues } from '../queues.ts';
import { requestIdOfJob } from '../requests/request-ids.ts';

const states = ['waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed'] as const;

/** The newest requests of both kinds, read from their records; their jobs only tell which there are. */
export async function latestRequests(
  redis: RedisConnection,
  queues: Queues,
  sessionQueue: Pick<SessionQueue, 'getRequest'>,
  most: number,
): Promise<RequestView[]> {
  const lists = queues.kinds.flatMap(({ requests }) =>
    states.map(async (state) => {
      const jobs = await requests.getRanges([state], 0, most - 1);
      return await Promise.all(jobs.map(async (job) => await requestIdOfJob(redis, requests, job)));
    }),
  );
  const ids = new Set((await Promise.all(lists)).flat().filter((id) => id !== undefined));
  const views = await Promise.all([...ids].map(async (id) => await sessionQueue.getRequest(id)));
  return views
    .filter((view) => view !== undefined)
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, most);
}
