import type { Kind } from '../requests/request.ts';

/** The BullMQ queues of each kind. Requests are where services come in; batches mirror the calls that are made. */
export const queueNames = {
  deletion: { requests: 'deletion.requests', batches: 'deletion.batches' },
  resubmission: { requests: 'resubmission.requests', batches: 'resubmission.batches' },
} as const satisfies Record<Kind, { requests: string; batches: string }>;

/** Requests that have ended, whose callback is to be delivered by a producer. */
export const callbackQueueName = 'request.callbacks';

/** Retention rules: a job scheduler for each that is enabled, and a job for each run that is under way. */
export const ruleQueueName = 'retention.rules';

export type RequestQueueName = (typeof queueNames)[Kind]['requests'];
export type BatchQueueName = (typeof queueNames)[Kind]['batches'];

/** BullMQ's prefix: Session Queue's own in braces, so that on Redis Cluster all queues share one slot. */
export function bullPrefix(prefix: string): string {
  return `{${prefix}}`;
}
