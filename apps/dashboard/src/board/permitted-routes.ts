/** What an admin may change through Bull Board. */
export type AdminAction = 'pause' | 'resume' | 'retry';

/**
 * Every route of Bull Board that anyone may use. What is not listed is refused to all, so that a route added by a later
 * version stays shut until somebody has looked at it: 'clean', 'empty', 'promote', 'update data', 'add' or 'obliterate'
 * would destroy accepted work.
 */
const reads: ReadonlySet<string> = new Set([
  'get /api/redis/stats',
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

const adminActions: ReadonlyMap<string, AdminAction> = new Map([
  ['put /api/queues/:queueName/pause', 'pause'],
  ['put /api/queues/:queueName/resume', 'resume'],
  ['put /api/queues/:queueName/:jobId/retry', 'retry'],
]);

/** What a route is for; `undefined` when nobody may use it. */
export function permitted(method: string, route: string): 'read' | AdminAction | undefined {
  const key = `${method} ${route}`;
  return reads.has(key) ? 'read' : adminActions.get(key);
}
