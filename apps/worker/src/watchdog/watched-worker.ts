import { LenientWorker } from '@session-queue/core/engine';
import type { Job, Processor, WorkerOptions } from 'bullmq';
import { LifeSign } from './life-sign.ts';

/**
 * A BullMQ worker that shows each turn of its loop. It has no event for that: 'drained' comes once, and an idle worker says nothing
 * more. But each turn either asks how long it may block or fetches, also after errors, and both are protected methods: BullMQ's
 * typings promise them to subclasses, and a release that drops one does not compile here. While all its places are taken it
 * turns only when a job ends.
 */
export class WatchedWorker extends LenientWorker {
  readonly sign: LifeSign;
  readonly #jobs = new Set<LifeSign>();

  constructor(name: string, run: (job: Job, token: string) => Promise<unknown>, options: WorkerOptions) {
    const processor: Processor = (job, token = '') => this.#watch(run(job, token));
    super(name, processor, { ...options, autorun: false });
    this.sign = new LifeSign(`the BullMQ worker of ${name}`);
  }

  /** Takes and runs jobs until it is closed. Never rejects: a loop that ends before shows so. */
  start(onEnd: (error: unknown) => void): void {
    const ended = (error?: unknown) => {
      if (this.closing !== undefined) return;
      this.sign.end();
      onEnd(error);
    };
    this.sign.show();
    this.run().then(() => ended(), ended);
  }

  /** Its own, and one of each job under way. */
  *signs(): Iterable<LifeSign> {
    yield this.sign;
    yield* this.#jobs;
  }

  /** Gives jobs back that were active at the look before, and whose lock has run out since; answers with their ids. */
  giveBackStalled(): Promise<string[]> {
    return this.backend.moveStalledJobsToWait();
  }

  protected override getBlockTimeout(blockUntil: number): number {
    this.sign.show();
    return super.getBlockTimeout(blockUntil);
  }

  protected override moveToActive(token: string, name?: string): Promise<Job> {
    this.sign.show();
    return super.moveToActive(token, name);
  }

  async #watch(work: Promise<unknown>): Promise<unknown> {
    const job = new LifeSign(`a job of ${this.name}`);
    job.show();
    this.#jobs.add(job);
    try {
      return await work;
    } finally {
      this.#jobs.delete(job);
      this.sign.show();
    }
  }
}
