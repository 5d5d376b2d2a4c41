import type { Telemetry } from 'bullmq';
import type { SpanIds } from './span-ids.ts';

/** What a span may say. Nothing else leaves the process (`listed-facts.ts`). */
export interface SpanFacts {
  'session_queue.consumer'?: string;
  'session_queue.kind'?: string;
  'session_queue.request.id'?: string;
  'session_queue.batch.id'?: string;
  'session_queue.items'?: number;
  /** What a call came to, or how a job ended. */
  'session_queue.result'?: string;
  'http.request.method'?: string;
  'http.response.status_code'?: number;
  'http.route'?: string;
}

/** A span that is over. */
export interface FinishedSpan {
  name: 'request' | 'call' | 'job' | 'settle' | 'HTTP';
  role?: 'server' | 'client';
  /** How long it took, and how long ago it ended (0). */
  ms: number;
  endedMsAgo?: number;
  /** Its ids; new ones when absent. Where it is part of a span, of the same trace. */
  as?: SpanIds;
  /** What it is part of: a span, or a W3C `traceparent`; the first of its trace when absent, or when that cannot be read. */
  below?: SpanIds | string | undefined;
  links?: readonly SpanIds[];
  facts?: SpanFacts;
  failed?: boolean;
}

/** Sends spans to an OpenTelemetry receiver. None of it throws, and nothing waits for the receiver. */
export interface Tracing {
  /** What BullMQ's queues and workers trace themselves with. */
  readonly telemetry: Telemetry;
  /** Answers which ids the span got. */
  record(span: FinishedSpan): SpanIds;
  /** What BullMQ does within `work` is part of this span. */
  within<T>(span: SpanIds, work: () => T): T;
  /** Sends what waits, within 3 s. */
  stop(): Promise<void>;
}
