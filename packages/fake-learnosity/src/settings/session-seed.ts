import { z } from 'zod';

export const sessionStatuses = ['Incomplete', 'Completed', 'Discarded', 'Pending Scoring'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

const moment = z.number().min(0).optional();

const sessionRecordSeed = z.strictObject({
  sessionId: z.string().min(1),
  userId: z.string().min(1).optional(),
  activityId: z.string().min(1).optional(),
  status: z.enum(sessionStatuses).optional(),
  /** `null`: none was ever set, so that `/sessions/metadata` never shows the session. Default: an empty object. */
  metadata: z.record(z.string(), z.unknown()).readonly().nullable().optional(),
  updatedAt: moment,
  startedAt: moment,
  completedAt: moment,
});
/** A session that exists. Times are epoch milliseconds, by default the start of the stand-in. */
export type SessionSeed = z.output<typeof sessionRecordSeed>;

/** A session as it is given: its id alone, or with what the stand-in is to know of it. */
export const sessionSeedSchema = z.union([z.string().min(1), sessionRecordSeed]);
