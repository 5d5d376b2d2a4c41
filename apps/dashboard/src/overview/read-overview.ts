import type { Kind, RedisConnection, SessionQueue } from '@session-queue/core';
import type { Queue } from 'bullmq';
import type { KindQueues, Queues } from '../queues.ts';
import { latestRequests } from './latest-requests.ts';
import type { KindOverview, Overview } from './overview.ts';
import { consumersToLookAt, readStoppedLanes } from './stopped-lanes.ts';

/** Tells whether everything of a kind is stopped, and why. */
export interface KindSwitchReader {
  read(kind: Kind): Promise<{ reason: string } | undefined>;
}

export interface OverviewSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'consumers' | 'getRequest'>;
  kindSwitch: KindSwitchReader;
}

/** Requests shown in the list. */
const shownRequests = 8;

/** Reads the overview: counts and ids only, never a job's data, which may be 8 MB before its intake. */
export async function readOverview(sources: OverviewSources): Promise<Overview> {
  const { redis, prefix, queues, sessionQueue } = sources;
  const announced = await sessionQueue.consumers();
  const consumers = await consumersToLookAt(redis, prefix, announced);
  const [kinds, requests] = await Promise.all([
    Promise.all(queues.kinds.map(async (of) => await readKind(of, sources, consumers))),
    latestRequests(redis, queues, sessionQueue, shownRequests),
  ]);
  return { readAt: new Date(), kinds, consumers: announced.toSorted(), requests };
}

async function readKind(
  { kind, requests, batches }: KindQueues,
  { redis, prefix, kindSwitch }: OverviewSources,
  consumers: readonly string[],
): Promise<KindOverview> {
  const [stop, stoppedLanes, requestCounts, requestsPaused, batchCounts, batchesPaused] = await Promise.all([
    kindSwitch.read(kind),
    readStoppedLanes(redis, prefix, { kind, consumers }),
    countJobs(requests),
    requests.isPaused(),
    countJobs(batches),
    batches.isPaused(),
  ]);
  return {
    kind,
    stopped: stop?.reason,
    stoppedLanes,
    requests: {
      paused: requestsPaused,
      waiting: requestCounts.waiting,
      processing: requestCounts.active + requestCounts.delayed,
      completed: requestCounts.completed,
      failed: requestCounts.failed,
    },
    batches: {
      paused: batchesPaused,
      open: batchCounts.waiting + batchCounts.active + batchCounts.delayed,
      completed: batchCounts.completed,
      failed: batchCounts.failed,
    },
  };
}

async function countJobs(queue: Queue) {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed');
  const of = (state: string): number => counts[state] ?? 0;
  return {
    waiting: of('waiting') + of('prioritized'),
    active: of('active'),
    delayed: of('delayed'),
    completed: of('completed'),
    failed: of('failed'),
  };
}
