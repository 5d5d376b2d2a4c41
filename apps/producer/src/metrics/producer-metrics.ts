import type { RequestView } from '@session-queue/core';
import { ConsumerLabel, Counter, createRegistry, Histogram, type Registry } from '@session-queue/core/metrics';
import { isKnownMethod } from '../server/routes.ts';

const lane = ['kind', 'consumer'] as const;
const answerSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];

/** An answer, or its lack: `status` is absent where the client was gone before. */
export interface Answered {
  method: string;
  /** The route's pattern, never an address. */
  route: string;
  status: number | undefined;
  ms: number;
}

/** Measures what a producer does, for Prometheus. */
export class ProducerMetrics {
  readonly registry: Registry = createRegistry('producer');
  readonly #consumers = new ConsumerLabel();
  readonly #answers;
  readonly #requests;
  readonly #items;
  readonly #callbacks;

  constructor() {
    const registers = [this.registry];
    this.#answers = new Histogram({
      name: 'session_queue_http_request_duration_seconds',
      help: 'HTTP requests by method, route and status; the status is `cut` where the client was gone before its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: answerSeconds,
      registers,
    });
    this.#requests = new Counter({
      name: 'session_queue_accepted_requests_total',
      help: 'Requests that were accepted over HTTP',
      labelNames: lane,
      registers,
    });
    this.#items = new Counter({
      name: 'session_queue_accepted_items_total',
      help: 'Items of the requests that were accepted over HTTP, duplicates left out',
      labelNames: lane,
      registers,
    });
    this.#callbacks = new Counter({
      name: 'session_queue_callbacks_total',
      help: 'Attempts to tell of the end of a request: delivered, to be tried again (retried) or given up (failed)',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['delivered', 'retried', 'failed']) this.#callbacks.inc({ outcome }, 0);
  }

  answered({ method, route, status, ms }: Answered): void {
    const labels = { method: isKnownMethod(method) ? method : 'other', route, status: String(status ?? 'cut') };
    this.#answers.observe(labels, ms / 1_000);
  }

  accepted({ kind, consumer, counts }: RequestView): void {
    const labels = { kind, consumer: this.#consumers.of(consumer) };
    this.#requests.inc(labels);
    this.#items.inc(labels, counts.total);
  }

  calledBack(outcome: 'delivered' | 'retried' | 'failed'): void {
    this.#callbacks.inc({ outcome });
  }
}
