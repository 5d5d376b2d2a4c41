import { ConsumerLabel, Counter, createRegistry, Gauge, Registry } from '@session-queue/core/metrics';
import type { Logger } from 'pino';
import { redisWork } from '../http/redis-work.ts';
import { LiveReading } from '../live/live-reading.ts';
import { type SignInOutcome, signInOutcomes } from '../sign-in/sign-in-outcome.ts';
import { queueMetrics } from './queue-metrics.ts';
import type { QueueReading } from './queue-reading.ts';

/** Several that scrape share a reading. */
const readAgainMs = 5_000;
/** A scrape waits no longer for Redis. */
const deadlineMs = 5_000;

/** What the whole system has done and has to do, read from Redis when it is asked for, beside the dashboard's own process. */
export class DashboardMetrics {
  readonly #own = createRegistry('dashboard');
  readonly #consumers = new ConsumerLabel();
  readonly #up: Gauge;
  readonly #signIns: Counter;
  readonly #reading: LiveReading<QueueReading>;
  readonly #logger: Logger;

  constructor(read: () => Promise<QueueReading>, logger: Logger) {
    this.#reading = new LiveReading(() => redisWork(deadlineMs, read()), readAgainMs);
    this.#logger = logger;
    this.#up = new Gauge({
      name: 'session_queue_redis_up',
      help: '1 while Redis answers; without it nothing is told of lanes, workers and queues',
      registers: [this.#own],
    });
    this.#signIns = new Counter({
      name: 'session_queue_sign_ins_total',
      help: 'Attempts to sign in to this dashboard: done, refused, or throttled, which are not looked at',
      labelNames: ['outcome'],
      registers: [this.#own],
    });
    for (const outcome of signInOutcomes) this.#signIns.inc({ outcome }, 0);
  }

  signInAttempted(outcome: SignInOutcome): void {
    this.#signIns.inc({ outcome });
  }

  /** In Prometheus's text format. Without Redis no figure of it is told: none is better than an old one. */
  async text(): Promise<string> {
    let ofRedis = new Registry();
    try {
      ofRedis = queueMetrics(await this.#reading.current(), this.#consumers);
      this.#up.set(1);
    } catch (error) {
      this.#up.set(0);
      this.#logger.warn({ err: error }, 'the metrics of the queues could not be read');
    }
    return `${await this.#own.metrics()}\n${await ofRedis.metrics()}`;
  }
}
