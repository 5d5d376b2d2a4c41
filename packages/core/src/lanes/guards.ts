import type { ConsumerKeys } from './keys.ts';

/** What a consumer's deletions must pass before they are started. */
export interface DeletionGuards {
  /** A deletion of more items than this waits for a second person's approval: 0 for each, never when absent. */
  approvalOver?: number | undefined;
  /** How long after its approval, or its acceptance where it needs none, a deletion starts. */
  holdWindowMs: number;
  /** Most items of deletions that are claimed on one UTC day; any number when absent. */
  deletionsPerDay?: number | undefined;
}

/** Code of a lane whose deletions have reached their number for the day. */
export const cappedForToday = 'daily cap';

export const noGuards: DeletionGuards = { holdWindowMs: 0 };

/** Keeps a consumer's guards where requests are opened by them, also by workers that do not know the consumer. */
export async function noteGuards(keys: ConsumerKeys, { approvalOver, holdWindowMs }: DeletionGuards): Promise<void> {
  await keys.redis.hset(`${keys.base}guards`, { approvalOver: approvalOver ?? '', holdWindowMs });
}
