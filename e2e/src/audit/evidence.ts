import type { ItemCounts, Kind, RequestView, SessionRequest } from '@session-queue/core';
import type { LaneFigures } from '@session-queue/core/engine';
import type { FullBooks } from '@session-queue/fake-learnosity';
import type { Delivery } from '../load/delivery.ts';
import type { SeenCall } from '../tap/learnosity-tap.ts';
import type { RecordedReference } from '../tap/redis-tap.ts';
import type { NotedFault } from '../world/fault-log.ts';
import type { ForeignCall } from '../world/foreign-user.ts';
import type { TimeSpan } from '../world/forgetting.ts';
import type { LogLine } from '../world/log-book.ts';
import type { Proof } from './proof.ts';

/** What a request says of itself at the end. */
export interface RequestEvidence {
  view: RequestView;
  failed: readonly string[];
  parked: readonly string[];
}

/** A key that is left in Redis. */
export interface LeftKey {
  key: string;
  /** -1 when it never goes, -2 when it just went. */
  ttlMs: number;
  /** How many entries a list, set or sorted set has; 0 of anything else. */
  entries: number;
}

export interface ProcessEvidence {
  name: string;
  /** How it ended, when nobody had told it to. */
  endedByItself: string | undefined;
  /** Sources of work that it no longer listens to. */
  deafTo: readonly string[];
}

/** What is counted of a lane, and the counts of its open requests. */
export interface LaneEvidence {
  figures: LaneFigures;
  open: readonly ItemCounts[];
}

/** Everything that is known of a run once it is quiet: what the audit compares, item by item. */
export interface Evidence {
  deliveries: readonly Delivery[];
  /** By request id. */
  requests: ReadonlyMap<string, RequestEvidence>;
  /** What the index of sessions says of some of each request, where there is one. */
  sessions: ReadonlyMap<string, readonly SessionRequest[]>;
  lanes: readonly LaneEvidence[];
  /** Where deletions are under evidence. */
  proof?: Proof | undefined;
  /** No process was of a version without figures, which settles uncounted. */
  isAllCounted: boolean;
  books: FullBooks;
  quotas: Record<Kind, { calls: number; windowMs: number }>;
  calls: readonly SeenCall[];
  recorded: readonly RecordedReference[];
  keys: readonly LeftKey[];
  lines: readonly LogLine[];
  /** Keys of BullMQ's that hold an item or a secret. */
  keysWithItems: readonly string[];
  /** Texts that no log may hold. */
  forbidden: readonly string[];
  processes: readonly ProcessEvidence[];
  faults: readonly NotedFault[];
  /** Answers of 429 that a scenario had the stand-in give, as if another user of a key had caused them. */
  foreign429: number;
  /** What another user of a key really called: the audit finds for itself which answers of 429 that has caused. */
  foreignCalls: readonly ForeignCall[];
  /** Of jobs that a scenario let a day go by for: their outcome counts as unknown (invariant 5). */
  agedReferences: ReadonlySet<string>;
  /** Spans of time whose writes Redis has lost, although it had answered them. */
  forgotten: readonly TimeSpan[];
  /** What the scenario itself found to be against the rules. */
  objections: readonly string[];
}

/** Something against the rules. */
export interface Finding {
  rule: string;
  what: string;
}
