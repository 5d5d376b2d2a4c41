/** Session Queue for other services: ask for deletions and resubmissions, and follow what becomes of them. */
export * from './http/index.ts';
export { SessionQueueClient, type SessionQueueClientOptions } from './session-queue-client.ts';
