import { Job, type JobJson, type MinimalQueue, Queue } from 'bullmq';

/** A job whose data is no JSON is shown as if it had none. BullMQ would throw, and no other job of its queue could be seen. */
class LenientJob extends Job {
  static override fromJSON<Data = unknown, Result = unknown, Name extends string = string>(
    queue: MinimalQueue,
    json: JobJson,
    id?: string,
  ): Job<Data, Result, Name> {
    try {
      return Job.fromJSON<Data, Result, Name>(queue, json, id);
    } catch {
      return Job.fromJSON<Data, Result, Name>(queue, { ...json, data: 'null' }, id);
    }
  }
}

/** A queue that can be read whatever its clients have put into it; workers refuse such jobs, and scrub them. */
export class LenientQueue extends Queue {
  protected override get Job(): typeof Job {
    return LenientJob;
  }
}
