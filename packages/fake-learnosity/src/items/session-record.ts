import type { SessionStatus } from '../settings/session-seed.ts';

/** What is known of a session beside its id. Times are epoch milliseconds. */
export interface SessionFacts {
  readonly userId: string;
  readonly activityId: string | null;
  readonly status: SessionStatus;
  /** `null`: never set. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Whole milliseconds: it stands in page tokens. */
  readonly updatedAt: number;
  readonly startedAt: number;
  readonly completedAt: number | null;
}

/** A session that `/sessions/metadata` may show. `ordinal` breaks ties of `updatedAt`. */
export interface SessionRecord extends SessionFacts {
  readonly sessionId: string;
  readonly ordinal: number;
}

/** A session that was given or made, and what has become of it by now. */
export interface SessionNow extends SessionFacts {
  readonly sessionId: string;
  /** Whether a deletion of it would find it. */
  readonly exists: boolean;
  /** Whether `/sessions/metadata` shows it to a filter that it fits. */
  readonly shown: boolean;
}
