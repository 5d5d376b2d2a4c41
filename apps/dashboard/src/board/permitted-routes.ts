import type { Right } from '../actions/least-roles.ts';

/** What may be changed through Bull Board, or is not for everybody to see; `actions/least-roles.ts` says by whom. */
export type BoardRight = Extract<Right, 'pause' | 'resume' | 'retry' | 'see-redis'>;

/**
 * Every route of Bull Board that anyone may use. What is not listed is refused to all, so that a route added by a later
 * version stays shut until somebody has looked at it: 'clean', 'empty', 'promote', 'update data', 'add' or 'obliterate'
 * would destroy accepted work.
 */
const reads: ReadonlySet<string> = new Set([
  'get /api/queues',
  'get /api/job-schedulers',
  'get /api/queues/:queueName/metrics',
  'get /api/queues/:queueName/default-job-options',
  'get /api/queues/:queueName/workers',
  'get /api/queues/:queueName/rate-limit',
  'get /api/queues/:queueName/job-data-schema',
  'get /api/queues/:queueName/:jobId/logs',
  'get /api/queues/:queueName/:jobId/flow',
  'get /api/queues/:queueName/:jobId',
]);

/** All that change something are PUT: no page of another site can send that without asking first, and nobody is told that it may. */
const rights: ReadonlyMap<string, BoardRight> = new Map([
  ['get /api/redis/stats', 'see-redis'],
  ['put /api/queues/:queueName/pause', 'pause'],
  ['put /api/queues/:queueName/resume', 'resume'],
  ['put /api/queues/:queueName/:jobId/retry', 'retry'],
]);

/** What a route is for; `undefined` when nobody may use it. */
export function permitted(method: string, route: string): 'read' | BoardRight | undefined {
  const key = `${method} ${route}`;
  return reads.has(key) ? 'read' : rights.get(key);
}
