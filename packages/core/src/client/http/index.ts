/** Session Queue for services that reach it over HTTP only: neither BullMQ nor ioredis is loaded. */
export type { SessionFilter } from '../../learnosity/session-filter.ts';
export type { LegalHoldInput, LegalHolds, LegalHoldView } from '../../legal-holds/legal-hold.ts';
export type { Approval } from '../../requests/approval.ts';
export { type Fault, Refusal, type RefusalCode } from '../../requests/refusal.ts';
export {
  type Callback,
  finalStates,
  type ItemCounts,
  type ItemReport,
  type ItemsPage,
  type Kind,
  type LaneStop,
  type Priority,
  type RequestFilter,
  type RequestNotes,
  type RequestState,
  type RequestsPage,
  type RequestView,
  type Retry,
  type Revocation,
} from '../../requests/request.ts';
export type { RuleInput, RuleMode, RulePreview, RuleRun, RuleView, RunState } from '../../rules/rule.ts';
export {
  rulePreviewSchema,
  ruleRemovedSchema,
  ruleRunSchema,
  ruleRunsSchema,
  ruleSchema,
  rulesSchema,
} from '../../rules/rule-answers.ts';
export type { BreakdownDimension, BreakdownInput } from '../../selections/breakdown.ts';
export type { BreakdownShare, BreakdownView } from '../../selections/breakdown-view.ts';
export type {
  SelectionInput,
  SelectionListFilter,
  SelectionState,
  SelectionsPage,
  SelectionView,
} from '../../selections/selection.ts';
export type { SessionOutcome, SessionRequest } from '../../sessions/session-request.ts';
export {
  acceptedSchema,
  consumersSchema,
  itemsPageSchema,
  legalHoldSchema,
  legalHoldsSchema,
  problemSchema,
  requestSchema,
  requestsPageSchema,
  selectionSchema,
  selectionsPageSchema,
  sessionSchema,
  switchSchema,
} from '../answers.ts';
export { type LookOptions, RequestReader, type WaitOptions, type WatchOptions } from '../request-reader.ts';
export type { Rules } from '../rules.ts';
export type {
  AcceptOptions,
  DeletionInput,
  Items,
  ResubmissionInput,
  SelectionDeletionInput,
  Selections,
  SessionQueue,
} from '../session-queue.ts';
export { HttpSessionQueue, type HttpSessionQueueOptions } from './http-session-queue.ts';
export type { Setback } from './producer-api.ts';
