import { Job, type JobJson, type JobProgress, type MinimalQueue, Queue } from 'bullmq';

/**
 * A job whose data is no JSON is shown as if it had none. BullMQ would throw, and no other job of its queue could be
 * seen.
 */
class LenientJob<D, R, N extends string, P extends JobProgress> extends Job<D, R, N, P> {
  static override fromJSON<D, R, N extends string>(queue: MinimalQueue, json: JobJson, id?: string): Job<D, R, N> {
    try {
      return Job.fromJSON<D, R, N>(queue, json, id);
    } catch {
      return Job.fromJSON<D, R, N>(queue, { ...json, data: 'null' }, id);
    }
  }
}

/** A queue that can be read whatever its clients have put into it; workers refuse such jobs, and scrub them. */
export class LenientQueue extends Queue {
  protected override get Job(): typeof Job {
    return LenientJob;
  }
}
