import type { RuleMode, RunState } from '@session-queue/core';
import { ConsumerLabel, Counter, createRegistry, Histogram, type Registry } from '@session-queue/core/metrics';
import type { CallResult, JobEnd, LaneName, Observer, RunEnd, WatchedBatch } from '../observer.ts';

const lane = ['kind', 'consumer'] as const;
/** Learnosity answers in tenths of a second; the deadline is 10 s. */
const callSeconds = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10];
const waitSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const lagSeconds = [0.25, 0.5, 1, 2, 5, 10, 30, 60];
const jobSeconds = [1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];
const settleSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2];
/** A run asks Redis a few times; the intake of a plain job may store 5,000 items. */
const runSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2, 10];
const batchItems = [1, 2, 5, 10, 20, 30, 40, 49, 50];

/** Measures what a worker does, for Prometheus. */
export class WorkerMetrics implements Observer {
  readonly registry: Registry;
  readonly #consumers = new ConsumerLabel();
  readonly #calls;
  readonly #slotWait;
  readonly #items;
  readonly #polls;
  readonly #lag;
  readonly #jobs;
  readonly #settle;
  readonly #splits;
  readonly #runs;
  readonly #rules;

  constructor() {
    this.registry = createRegistry('worker');
    const registers = [this.registry];
    this.#calls = new Histogram({
      name: 'session_queue_call_duration_seconds',
      help: 'Calls to delete sessions or to submit failed submissions, by what came of them; quota is a 429',
      labelNames: [...lane, 'result'],
      buckets: callSeconds,
      registers,
    });
    this.#slotWait = new Histogram({
      name: 'session_queue_slot_wait_seconds',
      help: 'How long after its quota slot was free a call left',
      labelNames: lane,
      buckets: waitSeconds,
      registers,
    });
    this.#items = new Histogram({
      name: 'session_queue_batch_items',
      help: 'Items of a call; at most 50',
      labelNames: lane,
      buckets: batchItems,
      registers,
    });
    this.#polls = new Histogram({
      name: 'session_queue_poll_duration_seconds',
      help: 'Calls that ask for up to 50 jobs, by what came of them',
      labelNames: ['consumer', 'result'],
      buckets: callSeconds,
      registers,
    });
    this.#lag = new Histogram({
      name: 'session_queue_tracking_lag_seconds',
      help: 'How long after it was due a job was asked for',
      labelNames: ['consumer'],
      buckets: lagSeconds,
      registers,
    });
    this.#jobs = new Histogram({
      name: 'session_queue_job_duration_seconds',
      help: "From a batch's submission until the end of its job was noticed, by how it ended",
      labelNames: [...lane, 'status'],
      buckets: jobSeconds,
      registers,
    });
    this.#settle = new Histogram({
      name: 'session_queue_settle_duration_seconds',
      help: "Writing the outcome of a batch's items",
      labelNames: lane,
      buckets: settleSeconds,
      registers,
    });
    this.#splits = new Counter({
      name: 'session_queue_batch_splits_total',
      help: 'Batches that were cut into parts to find the items that are to blame',
      labelNames: lane,
      registers,
    });
    this.#runs = new Histogram({
      name: 'session_queue_job_run_duration_seconds',
      help: 'Runs of BullMQ jobs: completed, failed, or delayed until what the job mirrors has ended',
      labelNames: ['queue', 'outcome'],
      buckets: runSeconds,
      registers,
    });
    this.#rules = new Counter({
      name: 'session_queue_rule_runs_total',
      help: 'Runs of retention rules, by what they came to: nothing, reported, approval_requested, deletion_requested, skipped or failed',
      labelNames: ['consumer', 'mode', 'result'],
      registers,
    });
  }

  callLeft(batch: WatchedBatch, slotWaitMs: number): void {
    const labels = this.#lane(batch);
    this.#items.observe(labels, batch.size);
    this.#slotWait.observe(labels, slotWaitMs / 1_000);
  }

  callEnded(of: LaneName, result: CallResult, ms: number): void {
    this.#calls.observe({ ...this.#lane(of), result }, ms / 1_000);
  }

  polled(consumer: string, result: CallResult, ms: number, lagsMs: readonly number[]): void {
    const named = this.#consumers.of(consumer);
    this.#polls.observe({ consumer: named, result }, ms / 1_000);
    for (const lagMs of lagsMs) this.#lag.observe({ consumer: named }, lagMs / 1_000);
  }

  jobEnded(of: LaneName, status: JobEnd, ageMs: number, settleMs: number): void {
    this.#jobs.observe({ ...this.#lane(of), status }, ageMs / 1_000);
    this.#settle.observe(this.#lane(of), settleMs / 1_000);
  }

  batchSplit(of: LaneName): void {
    this.#splits.inc(this.#lane(of));
  }

  ruleRan(consumer: string, mode: RuleMode, result: RunState): void {
    this.#rules.inc({ consumer: this.#consumers.of(consumer), mode, result });
  }

  jobRan(queue: string, outcome: RunEnd, ms: number): void {
    this.#runs.observe({ queue, outcome }, ms / 1_000);
  }

  #lane({ kind, consumer }: LaneName): Record<(typeof lane)[number], string> {
    return { kind, consumer: this.#consumers.of(consumer) };
  }
}
