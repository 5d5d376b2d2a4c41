export type { AcceptOptions, DeletionInput, Items, ResubmissionInput, SessionQueue } from './client/session-queue.ts';
export { SessionQueueClient, type SessionQueueClientOptions } from './client/session-queue-client.ts';
export { type Consumer, fingerprint, identity } from './config/consumer.ts';
export type { Job, JobStatus, SessionMetadata } from './learnosity/answers.ts';
export type { Account } from './learnosity/call.ts';
export { type Decision, type Endpoint, endpoints, type Outcome } from './learnosity/decision.ts';
export { fixedBodyBytes, formEncodedBytes, maxBodyBytes } from './learnosity/form-size.ts';
export {
  type CallOptions,
  createLearnosityClient,
  defaultDeadlineMs,
  type FoundJobs,
  type LearnosityClient,
  type LearnosityClientOptions,
  type MetadataPage,
  maxItemsPerCall,
  type StartedJob,
} from './learnosity/learnosity-client.ts';
export { type CallTiming, LearnosityError, type LearnosityErrorFields } from './learnosity/learnosity-error.ts';
export { type LoadedSigner, loadSigner } from './learnosity/load-signer.ts';
export type { MetadataFilter } from './learnosity/metadata-filter.ts';
export { builtInSigner, type SignedForm, type Signer, type SignInput } from './learnosity/signer.ts';
export { createTransport, type Transport } from './learnosity/transport.ts';
export { type BatchQueueName, bullPrefix, queueNames, type RequestQueueName } from './queues/names.ts';
export {
  defineScript,
  type RedisConnection,
  type Script,
  type ScriptArgument,
  type ScriptDefinition,
  type ScriptFlag,
} from './redis/script.ts';
export { itemFault, maxSessionIdLength, maxSubmissionBytes } from './requests/items.ts';
export { Refusal, type RefusalCode } from './requests/refusal.ts';
export {
  consumerNameSchema,
  defaultConsumer,
  finalStates,
  type ItemCounts,
  type ItemReport,
  type ItemsPage,
  type Kind,
  kindSchema,
  kinds,
  type LaneStop,
  maxItemsPerPlainJob,
  maxItemsPerRequest,
  maxPlainJobBytes,
  type RequestNotes,
  type RequestState,
  type RequestView,
  requestNotesSchema,
  requestStates,
} from './requests/request.ts';
