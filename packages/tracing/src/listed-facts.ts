import type { SpanContext } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { queueNames } from '@session-queue/core';
import type { FinishedSpan, SpanFacts } from './tracing.ts';

const ownNames = { HTTP: 1, request: 1, call: 1, job: 1, settle: 1 } satisfies Record<FinishedSpan['name'], 1>;
const facts = {
  'session_queue.consumer': 1,
  'session_queue.kind': 1,
  'session_queue.request.id': 1,
  'session_queue.batch.id': 1,
  'session_queue.items': 1,
  'session_queue.result': 1,
  'http.request.method': 1,
  'http.response.status_code': 1,
  'http.route': 1,
} satisfies Record<keyof SpanFacts, 1>;
/** What BullMQ's spans say that are sent; how it fetches and locks jobs is not. */
const bullOperations: ReadonlySet<string> = new Set(['add', 'process']);
const queues: ReadonlySet<string> = new Set(Object.values(queueNames).map(({ requests }) => requests));

export interface ListedFactsOptions {
  exporter: SpanExporter;
  /** The receiver is away, or is back. */
  onChange: (isAway: boolean) => void;
}

/**
 * Sends spans with nothing but what is on the lists above (invariant 9): BullMQ's own carry names and ids of jobs and messages of
 * errors, all of which others choose.
 */
export class ListedFacts implements SpanExporter {
  readonly #options: ListedFactsOptions;
  #isAway = false;

  constructor(options: ListedFactsOptions) {
    this.#options = options;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#options.exporter.export(spans.flatMap(listedOnly), (result) => {
      const isAway = result.code !== ExportResultCode.SUCCESS;
      if (isAway !== this.#isAway) this.#options.onChange(isAway);
      this.#isAway = isAway;
      // What failed is told of here, and its error may hold an address with a password.
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.#options.exporter.shutdown();
  }
}

function listedOnly(span: ReadableSpan): ReadableSpan[] {
  const name = span.name in ownNames ? nameOf(span) : bullNameOf(span);
  if (name === undefined) return [];
  // The prototype keeps what the exporter reads beside these.
  return [
    Object.create(span, {
      name: { value: name },
      attributes: { value: Object.fromEntries(Object.entries(span.attributes).filter(([fact]) => fact in facts)) },
      events: { value: [] },
      status: { value: { code: span.status.code } },
      links: { value: span.links.map(({ context }) => ({ context: withoutState(context) })) },
      spanContext: { value: () => withoutState(span.spanContext()) },
    }),
  ];
}

/** A server's span is named by its method and route, as OpenTelemetry's conventions have it. */
function nameOf({ name, attributes }: ReadableSpan): string {
  const { 'http.request.method': method, 'http.route': route } = attributes;
  return [method ?? name, route].filter(Boolean).join(' ');
}

/** BullMQ's own name holds that of the job, which others choose. */
function bullNameOf({ attributes }: ReadableSpan): string | undefined {
  const { 'bullmq.queue.operation': operation, 'bullmq.queue.name': queue } = attributes;
  if (typeof operation !== 'string' || typeof queue !== 'string') return undefined;
  return bullOperations.has(operation) && queues.has(queue) ? `BullMQ ${operation} ${queue}` : undefined;
}

/** A caller's `tracestate` may say anything. */
function withoutState({ traceId, spanId, traceFlags }: SpanContext): SpanContext {
  return { traceId, spanId, traceFlags };
}
