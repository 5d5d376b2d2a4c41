import type { Random } from '../settings/random.ts';
import { DueHeap } from './due-heap.ts';
import type { Job } from './job.ts';

/** One for all: an empty array of its own would cost each ended job 200 bytes. */
const noItems = new Uint32Array();

/** A job to be made: all but what the store gives it. */
export type JobPlan = Omit<Job, 'reference' | 'number'>;

/**
 * The jobs. No timers: whoever looks at the store first settles it, and a job's effect carries the time of the job's end,
 * however much later somebody looks.
 */
export class JobStore {
  readonly #random: Random;
  readonly #complete: (job: Job) => void;
  readonly #byReference = new Map<string, Job>();
  readonly #byConsumer = new Map<string, Job[]>();
  readonly #open = new DueHeap<Job>((job) => job.endsAt);
  #halted = 0;
  #completed = 0;

  /** `complete` brings about what a job does when it completes. */
  constructor(random: Random, complete: (job: Job) => void) {
    this.#random = random;
    this.#complete = complete;
  }

  create(plan: JobPlan): Job {
    // Field by field: an object made by spreading takes three times the memory.
    const job: Job = {
      reference: this.#random.uuid(),
      number: this.#byReference.size + 1,
      kind: plan.kind,
      consumer: plan.consumer,
      count: plan.count,
      createdAt: plan.createdAt,
      startsAt: plan.startsAt,
      endsAt: plan.endsAt,
      halts: plan.halts,
      shownFrom: plan.shownFrom,
      shownUntil: plan.shownUntil,
      items: plan.items,
      removals: plan.removals,
    };
    this.#byReference.set(job.reference, job);
    const ofConsumer = this.#byConsumer.get(job.consumer);
    if (ofConsumer === undefined) this.#byConsumer.set(job.consumer, [job]);
    else ofConsumer.push(job);
    this.#open.push(job);
    return job;
  }

  /** Brings about the effects of all jobs that have ended by now, in the order of their ends. */
  settle(now: number): void {
    for (let job = this.#open.takeDue(now); job !== undefined; job = this.#open.takeDue(now)) {
      if (job.halts) this.#halted += 1;
      else {
        this.#completed += 1;
        this.#complete(job);
      }
      job.items = noItems;
      job.removals = undefined;
    }
  }

  find(reference: string): Job | undefined {
    return this.#byReference.get(reference);
  }

  /** A consumer's jobs in the order of their creation. */
  ofConsumer(consumer: string): readonly Job[] {
    return this.#byConsumer.get(consumer) ?? [];
  }

  all(): Iterable<Job> {
    return this.#byReference.values();
  }

  /** Counts as of the last `settle`. */
  totals(): { created: number; open: number; halted: number; completed: number } {
    const created = this.#byReference.size;
    return {
      created,
      open: created - this.#halted - this.#completed,
      halted: this.#halted,
      completed: this.#completed,
    };
  }
}
