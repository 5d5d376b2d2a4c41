export type { AcceptOptions, DeletionInput, Items, ResubmissionInput, SessionQueue } from './client/session-queue.ts';
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
