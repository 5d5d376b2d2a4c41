export { batchSpan, requestSpan, type SpanIds } from './span-ids.ts';
export { startTracing } from './start-tracing.ts';
export type { FinishedSpan, SpanFacts, Tracing } from './tracing.ts';
export { tracingSettings } from './tracing-settings.ts';
