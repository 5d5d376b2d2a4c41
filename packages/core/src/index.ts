export type { Rules } from './client/rules.ts';
export type {
  AcceptOptions,
  DeletionInput,
  Items,
  ResubmissionInput,
  SelectionDeletionInput,
  Selections,
  SessionQueue,
} from './client/session-queue.ts';
export { SessionQueueClient, type SessionQueueClientOptions } from './client/session-queue-client.ts';
export { type CommonSettings, commonSettings, redisSettings } from './config/common-settings.ts';
export {
  type Consumer,
  defaultBaseUrl,
  defaultLtsVersion,
  defaultQuotas,
  fingerprint,
  identity,
  type Quota,
} from './config/consumer.ts';
export {
  hashPassword,
  maxPasswordLength,
  type PasswordHash,
  parsePasswordHash,
  unmatchableHash,
  verifyPassword,
} from './config/password-hash.ts';
export { readConsumers, singleConsumerSettings } from './config/read-consumers.ts';
export {
  badSettingsExitCode,
  type Environment,
  exitOnBadSettings,
  readAllSettings,
  readSettings,
} from './config/read-settings.ts';
export { secretFileVariables } from './config/secret-files.ts';
export { secretsEqual } from './config/secrets-equal.ts';
export { daysOrNone, flag, onOff, port, wholeNumber } from './config/setting-schemas.ts';
export { type SettingProblem, SettingsError } from './config/settings-error.ts';
export {
  type ApiKey,
  apiKeysSetting,
  hashToken,
  isUserRole,
  keyNameSchema,
  parseApiKeys,
  parseUsers,
  tokenHashSchema,
  type User,
  type UserRole,
  userNamePattern,
  userRoles,
  usersSetting,
} from './config/sign-in.ts';
export { type KnownUser, parseUserList, type UserList } from './config/user-list.ts';
export { ownVersion } from './config/version.ts';
export { checkSystem, type SystemHealth, type Warning } from './health/check-system.ts';
export { clockToleranceMs, clockWords } from './health/clock.ts';
export type { Job, JobStatus, SessionMetadata } from './learnosity/answers.ts';
export type { Account } from './learnosity/call.ts';
export { type CodeMeaning, explainedCodes, meaningOf, meaningOfEnded } from './learnosity/code-meanings.ts';
export { type Decision, type Endpoint, endpoints, type Outcome } from './learnosity/decision.ts';
export { fixedBodyBytes, formEncodedBytes, maxBodyBytes } from './learnosity/form-size.ts';
export {
  type CallOptions,
  createLearnosityClient,
  defaultDeadlineMs,
  type FoundJobs,
  type JobsPage,
  type JobsSpan,
  type LearnosityClient,
  type LearnosityClientOptions,
  maxItemsPerCall,
  type SessionsPage,
  type StartedJob,
} from './learnosity/learnosity-client.ts';
export { type CallTiming, LearnosityError, type LearnosityErrorFields } from './learnosity/learnosity-error.ts';
export { type LoadedSigner, loadSigner } from './learnosity/load-signer.ts';
export { type LoadSdk, requireSdk } from './learnosity/sdk-signer.ts';
export { type SessionFilter, sessionFilterSchema, sessionStatuses } from './learnosity/session-filter.ts';
export { builtInSigner, type SignedForm, type Signer, type SignInput } from './learnosity/signer.ts';
export { type Answer, createTransport, type Transport } from './learnosity/transport.ts';
export { TransportFailure } from './learnosity/transport-failure.ts';
export { type HeldThing, heldThingSchema } from './legal-holds/held-thing.ts';
export {
  foundNothing,
  type LegalHoldInput,
  type LegalHolds,
  type LegalHoldView,
  legalHoldInputSchema,
  maxSessionsPerHold,
  mostHoldsListed,
} from './legal-holds/legal-hold.ts';
export { LegalHoldStore } from './legal-holds/legal-hold-store.ts';
export { type CreateLoggerOptions, createLogger, type Logger, type LogLevel, logLevels } from './logging/logger.ts';
export {
  type BatchQueueName,
  bullPrefix,
  callbackQueueName,
  queueNames,
  type RequestQueueName,
  ruleQueueName,
} from './queues/names.ts';
export { parseRedisUrl, type RedisAddress, type RedisNode } from './redis/address.ts';
export {
  checkRedis,
  memoryShortRatio,
  type RedisHealth,
  type RedisProblem,
  type RedisProblemCode,
} from './redis/check-redis.ts';
export { connectRedis, longestBlockMs, type RedisRole, type RedisSettings } from './redis/connect.ts';
export {
  defineScript,
  type RedisConnection,
  type Script,
  type ScriptArgument,
  type ScriptDefinition,
  type ScriptFlag,
} from './redis/script.ts';
export { untilRedisReady } from './redis/until-ready.ts';
export type { Approval } from './requests/approval.ts';
export type { Why, WhyIfAny } from './requests/control.ts';
export { itemFault, itemsField, maxSessionIdLength, maxSubmissionBytes } from './requests/items.ts';
export { mostPageBytes } from './requests/newest-first.ts';
export {
  liftedLegalHold,
  Refusal,
  type RefusalCode,
  unknownLegalHold,
  unknownRequest,
  unknownRule,
  unknownSelection,
} from './requests/refusal.ts';
export {
  type Callback,
  consumerNameSchema,
  type DeadlineState,
  type DeletionNotes,
  type DeletionWishes,
  deadlineStateOf,
  deadlineStates,
  defaultConsumer,
  deletionNotesSchema,
  finalStates,
  type ItemCounts,
  type ItemList,
  type ItemReport,
  type ItemsPage,
  itemLists,
  type Kind,
  kindSchema,
  kinds,
  type LaneStop,
  maxItemsPerPlainJob,
  maxItemsPerRequest,
  maxPlainJobBytes,
  momentSchema,
  type Priority,
  personSchema,
  priorities,
  type RequestFilter,
  type RequestNotes,
  type RequestState,
  type RequestsPage,
  type RequestView,
  type Retry,
  type Revocation,
  reasonSchema,
  requestNotesSchema,
  requestStates,
} from './requests/request.ts';
export { relativeFilterSchema } from './rules/relative-filter.ts';
export { durationSchema, momentBefore, mostYears } from './rules/relative-time.ts';
export {
  askerOf,
  changedRule,
  mostRules,
  mostRuns,
  type RuleInput,
  type RuleMode,
  type RulePreview,
  type RuleRun,
  type RuleView,
  type RunState,
  ruleInputSchema,
  ruleModes,
  ruleNameSchema,
} from './rules/rule.ts';
export { scheduleSchema } from './rules/schedule.ts';
export {
  type Breakdown,
  type BreakdownDimension,
  type BreakdownInput,
  breakdownDimensions,
  maxBreakdownValues,
} from './selections/breakdown.ts';
export type { BreakdownShare, BreakdownView } from './selections/breakdown-view.ts';
export {
  type ChosenSelection,
  chosenSelectionSchema,
  type SelectionInput,
  type SelectionListFilter,
  type SelectionState,
  type SelectionsPage,
  type SelectionView,
  selectionInputSchema,
  selectionStates,
} from './selections/selection.ts';
export { type SessionOutcome, type SessionRequest, sessionOutcomes } from './sessions/session-request.ts';
export {
  defaultVerification,
  type VerificationSettings,
  type VerifyMode,
  verifyModes,
} from './verification/settings.ts';
export type { Verification } from './verification/verification-view.ts';
