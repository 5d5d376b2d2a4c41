export {
  type Books,
  booksSchema,
  type CallBook,
  type FullBooks,
  fullBooksSchema,
  type JobBook,
} from './books/schema.ts';
export type { SessionNow } from './items/session-record.ts';
export type { ScriptInput } from './script/faults.ts';
export type { EndpointName } from './settings/endpoints.ts';
export type { MakeSessions } from './settings/make-sessions.ts';
export type {
  ConsumerOptions,
  FakeLearnosityOptions,
  GoneAnswer,
  Quota,
  QuotaOptions,
  Range,
} from './settings/options.ts';
export type { SessionSeed } from './settings/session-seed.ts';
export { demoConsumer } from './settings/settings.ts';
export { type FakeLearnosity, type ScriptHandle, startFakeLearnosity } from './start.ts';
