import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
} from '@opentelemetry/sdk-trace-base';
import { ownVersion } from '@session-queue/core';
import type { Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import type { Logger } from 'pino';
import { ListedFacts } from './listed-facts.ts';
import type { SpanIds } from './span-ids.ts';
import type { FinishedSpan, Tracing } from './tracing.ts';

const stopMs = 3_000;
const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** Gives the ids that were set, else random ones. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  given: SpanIds | undefined;

  generateTraceId = () => this.given?.traceId ?? this.#random.generateTraceId();
  generateSpanId = () => this.given?.spanId ?? this.#random.generateSpanId();
}

export interface OpenTelemetryOptions {
  app: string;
  /** Where spans are posted to. */
  url: string;
  logger: Logger;
}

/**
 * Spans as OpenTelemetry has them, over OTLP/HTTP. Which traces are sampled, how many spans wait and how long an export may take
 * its standard variables say (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`, `OTEL_EXPORTER_OTLP_…`).
 */
export class OpenTelemetry implements Tracing {
  readonly telemetry: Telemetry;
  readonly #ids = new GivenIds();
  readonly #provider: BasicTracerProvider;
  #stopped: Promise<void> | undefined;

  constructor({ app, url, logger }: OpenTelemetryOptions) {
    const exporter = new ListedFacts({
      exporter: new OTLPTraceExporter({ url }),
      onChange: (isAway) => {
        if (isAway)
          logger.warn('traces cannot be sent and are dropped: see OTEL_EXPORTER_OTLP_ENDPOINT; nothing else waits');
        else logger.info('traces are sent again');
      },
    });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': `session-queue-${app}`,
        'service.namespace': 'session-queue',
        'service.version': ownVersion,
      }),
      idGenerator: this.#ids,
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    // BullMQ's telemetry speaks to the process's own.
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(this.#provider);
    this.telemetry = new BullMQOtel({ tracerName: 'session-queue', version: ownVersion });
  }

  record({ name, role, ms, endedMsAgo = 0, as, below, links = [], facts, failed = false }: FinishedSpan): SpanIds {
    const endTime = Date.now() - endedMsAgo;
    const span = this.#start(name, as, this.#contextOf(below), {
      kind: role === undefined ? SpanKind.INTERNAL : kinds[role],
      startTime: endTime - ms,
      links: links.map((one) => ({ context: this.#place(one).spanContext() })),
      attributes: { ...facts },
    });
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endTime);
    return span.spanContext();
  }

  within<T>(span: SpanIds, work: () => T): T {
    return context.with(this.#contextOf(span), work);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #start(name: string, ids: SpanIds | undefined, from: Context, options: SpanOptions): Span {
    this.#ids.given = ids;
    try {
      return this.#provider.getTracer('session-queue', ownVersion).startSpan(name, options, from);
    } finally {
      this.#ids.given = undefined;
    }
  }

  #contextOf(below: SpanIds | string | undefined): Context {
    if (below === undefined) return ROOT_CONTEXT;
    if (typeof below !== 'string') return trace.setSpan(ROOT_CONTEXT, this.#place(below));
    const from = parseTraceParent(below);
    return from === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...from, isRemote: true });
  }

  /** A span that stands for one of any process. It never ends, so that it is not sent; whether its trace is, the sampler says. */
  #place(ids: SpanIds): Span {
    return this.#start('request', ids, ROOT_CONTEXT, {});
  }

  async #stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopMs);
    });
    await Promise.race([this.#provider.shutdown().catch(() => undefined), over]);
    clearTimeout(timer);
    context.disable();
    propagation.disable();
    trace.disable();
  }
}
