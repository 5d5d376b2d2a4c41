import { z } from 'zod';
import { outsideId, sessionId } from '../learnosity/session-filter.ts';
import type { Why } from '../requests/control.ts';
import { consumerNameSchema, defaultConsumer, reasonSchema } from '../requests/request.ts';
import type { HeldThing } from './held-thing.ts';

/** Code of an item that was not deleted since its session is under a legal hold. */
export const legalHoldCode = 'legal_hold';

/** Most sessions that one hold is made on; more take further holds. */
export const maxSessionsPerHold = 1_000;
/** Most holds of a consumer that are listed; there may be more. */
export const mostHoldsListed = 1_000;

/** A legal hold as people see it. Times are ISO 8601, UTC. */
export interface LegalHoldView {
  id: string;
  consumer: string;
  on: HeldThing;
  userId?: string;
  activityId?: string;
  /** How many sessions it keeps: of a user or an activity, as far as they were found; while it is being lifted those that are left. */
  sessions: number;
  reason: string;
  by?: string;
  createdAt: string;
  /** Of a user or an activity: as of when its sessions are known. No deletion of the consumer begins before they are the first time. */
  resolvedAt?: string;
  /** Why its sessions are not found just now. */
  waiting?: { code: string; message: string };
  /** Since when it is being lifted: its sessions are let go, no deletion waits for it, and nothing is added to it. Then it is gone. */
  liftedAt?: string;
}

/** Whether it was looked for what to keep, and nothing was found: perhaps its id is spelled in another way at Learnosity. */
export function foundNothing({ on, sessions, resolvedAt, liftedAt }: LegalHoldView): boolean {
  return on !== 'sessions' && resolvedAt !== undefined && liftedAt === undefined && sessions === 0;
}

export const legalHoldInputSchema = z
  .strictObject({
    consumer: consumerNameSchema.optional().meta({ description: `Whose sessions; '${defaultConsumer}' when absent` }),
    sessionIds: z
      .array(sessionId, 'must be a list')
      .min(1, 'must name at least one')
      .max(maxSessionsPerHold, 'must name at most 1,000: more take further holds')
      .optional(),
    userId: outsideId.optional(),
    activityId: outsideId.optional(),
    reason: reasonSchema.meta({ description: 'Why: people will ask. No place for ids of sessions' }),
  })
  .refine(
    ({ sessionIds, userId, activityId }) =>
      [sessionIds, userId, activityId].filter((given) => given !== undefined).length === 1,
    'must give one of sessionIds, userId, activityId',
  );

/** What is to be kept, and why; `by` is who says so. */
export interface LegalHoldInput extends z.infer<typeof legalHoldInputSchema> {
  by?: string | undefined;
  /** The hold's id; a random UUID when absent. It is public: held items name it. The same call with the same id is safe to repeat. */
  id?: string | undefined;
}

/** Holds that keep sessions from ever being deleted, by whatever way they were asked for. */
export interface LegalHolds {
  /** Refuses with `conflict` while the hold of its id is being lifted. */
  addLegalHold(input: LegalHoldInput): Promise<LegalHoldView>;
  /** The newest 1,000 holds of a consumer. */
  legalHolds(consumer?: string): Promise<LegalHoldView[]>;
  /** Refuses with `not_found`. */
  getLegalHold(id: string): Promise<LegalHoldView>;
  /** The sessions of a hold, some at a time, in no order. One that is found meanwhile may be missing. */
  heldSessions(id: string): AsyncIterable<readonly string[]>;
  /**
   * Lifts it, for a reason that the journal of evidence keeps; answers with what it was. What is cut short a worker finishes. Refuses with
   * `not_found`, and `invalid` without a reason.
   */
  removeLegalHold(id: string, why: Why): Promise<LegalHoldView>;
}
