/**
 * What the workers, and the producer's callbacks, are made of: lanes, tracking and the records behind requests. Other services need
 * `index.ts` alone.
 */
export { type AuditEntry, type AuditOutcome, auditOutcomes } from './audit/audit-entry.ts';
export {
  type AuditEnd,
  type AuditFilter,
  type AuditPage,
  type AuditStart,
  AuditTrail,
  auditKey,
  type BegunEntry,
  mostAuditEntries,
} from './audit/audit-trail.ts';
export {
  type AnnouncedConsumer,
  type AnnouncementClash,
  Announcements,
  announcementMs,
} from './consumers/announcements.ts';
export { BusyConsumers } from './consumers/busy-consumers.ts';
export { defaultDeletionTermMs, readWorkerSettings, type WorkerSettings } from './consumers/worker-settings.ts';
export { certify, dueCertificates } from './evidence-store/certify.ts';
export { takeChanges } from './evidence-store/changes.ts';
export { type EvidenceWait, readEvidenceWait } from './evidence-store/evidence-wait.ts';
export { journalEvents, type NotedEvent, requestOf } from './evidence-store/journal-events.ts';
export {
  archiveFrom,
  type JournalState,
  JournalStore,
  type RecordNote,
  readJournalState,
} from './evidence-store/journal-store.ts';
export { type OutboxEvent, readOutbox, switchEvidence } from './evidence-store/outbox.ts';
export { readSalts } from './evidence-store/salted-leaves.ts';
export {
  type LaneFigures,
  type LaneSample,
  readLaneFigures,
  readLaneHistory,
} from './figures/lane-figures.ts';
export {
  type BatchFigures,
  type CodeCount,
  type RequestFigures,
  readRequestFigures,
} from './figures/request-figures.ts';
export { readWorkers, type SeenWorker, type WorkerSign } from './figures/worker-signs.ts';
export { type Batch, readBatch, readItemTexts, type Share } from './lanes/batch.ts';
export type { Claim, ClaimAnswer, Grant } from './lanes/claim-answer.ts';
export { type DeadlinesCursor, earliestDeadlines, firstDeadline, judgeDeadlines } from './lanes/deadlines.ts';
export { cappedForToday, type DeletionGuards, noGuards, noteGuards } from './lanes/guards.ts';
export { type HandStop, stoppedByHand } from './lanes/hand-stop.ts';
export { type KeptBackFor, keptBackDeletions, keptBackFor } from './lanes/kept-back.ts';
export { type ConsumerKeys, consumerKeys, laneKey, requestKey, wakeChannel } from './lanes/keys.ts';
export { KindSwitch } from './lanes/kind-switch.ts';
export {
  type CallEnd,
  type GiveBack,
  type ItemOutcome,
  Lane,
  type LaneOptions,
  lateMs,
  longestSendGapMs,
  maxItemsPerBatch,
  type QuotaLimits,
  type Resolution,
  type SlotRelease,
} from './lanes/lane.ts';
export { LaneSwitch } from './lanes/lane-switch.ts';
export {
  attachJob,
  claimLook,
  endLook,
  type Look,
  type LookClaim,
  type LookDoubt,
  type LookLimits,
  type LookTimes,
  lookTimesFor,
  loseBatch,
  readRecorded,
  recordedBetween,
} from './lanes/looking.ts';
export { removedCode, requestsWithRemoved, settleRemoved } from './lanes/removed-batches.ts';
export { type Survey, survey } from './lanes/survey.ts';
export { takeOver } from './lanes/taking-over.ts';
export { claimPoll, type DueReference, maxReferencesPerPoll, type PollRelease, recordPoll } from './lanes/tracking.ts';
export { heldAmong, holdsOn } from './legal-holds/held-items.ts';
export { isHoldWait } from './legal-holds/hold-wait.ts';
export { legalHoldCode } from './legal-holds/legal-hold.ts';
export { endHold, type HoldToResolve, holdPage, putOffHold, takeHold, takeHoldSlot } from './legal-holds/resolving.ts';
export { callbackId, callbackJobSchema, ensureCallback } from './queues/callback-jobs.ts';
export { LenientWorker } from './queues/lenient-worker.ts';
export { type QueueFacts, readQueueFacts } from './queues/queue-facts.ts';
export {
  type AcceptedJob,
  acceptedJob,
  acceptedJobSchema,
  addRequestJob,
  ensureRequestJob,
} from './queues/request-jobs.ts';
export { redisNow } from './redis/redis-now.ts';
export { mastersOf, readServerFacts, type ServerFacts } from './redis/server-facts.ts';
export { noteCallback, readEnd } from './requests/callback.ts';
export { cancelRequest, mirrored, openRequest, recordRefusal, redriveItems } from './requests/control.ts';
export { KnownItems } from './requests/known-items.ts';
export { RequestIndex } from './requests/request-index.ts';
export { sweepRequestParts } from './requests/sweep-parts.ts';
export { discardUpload, parseUploadTrace, storeRequest } from './requests/upload.ts';
export { readJobId, readLaneStop, readRequest } from './requests/view.ts';
export { filterAt } from './rules/relative-filter.ts';
export { askerOf, type Rule, type RuleRun, runId } from './rules/rule.ts';
export { RuleStore, type StoredRule, type StoredRun } from './rules/rule-store.ts';
export { everyMs, type Schedule } from './rules/schedule.ts';
export { narrowedFilter } from './selections/breakdown.ts';
export { type Division, divisionOf } from './selections/breakdown-shares.ts';
export { beginPart, recordPart } from './selections/breakdown-walk.ts';
export { packMetadata } from './selections/kept-metadata.ts';
export { packedSessions, SelectionDigest, selectedSessions } from './selections/selected-sessions.ts';
export { SessionPlaces } from './selections/session-places.ts';
export { WalkLease } from './selections/walk-lease.ts';
export {
  type FetchSessionsPage,
  StrayedWalk,
  type WalkCounts,
  type WalkedPage,
  type WalkPosition,
  walkSessions,
} from './selections/walk-sessions.ts';
export {
  endWalk,
  freePageSlot,
  type PageRecorded,
  putOffWalk,
  recordPage,
  takePageSlot,
  takeWalk,
  type Walk,
} from './selections/walks.ts';
export { sweepSessions } from './sessions/sweep-sessions.ts';
export { printBytes, SessionPrints } from './tombstones/session-prints.ts';
export { sessionOfSubmission } from './tombstones/submission-session.ts';
export {
  doubtTombstones,
  lookAtDeletion,
  lookAtResubmission,
  sweepTombstones,
  type TombstoneFinding,
  takeTombstones,
} from './tombstones/tombstones.ts';
export { type LookBefore, recordLookBefore, takeLookBefore } from './verification/looks-before.ts';
export {
  type Fate,
  type Piece,
  putOffPieces,
  recordCheck,
  takeCheckSlot,
  takePieces,
} from './verification/pieces.ts';
export { recordSample, type Sample, takeSample } from './verification/samples.ts';
export { noteVerification } from './verification/settings.ts';
export { readVerificationFigures, type VerificationFigures } from './verification/verification-figures.ts';
