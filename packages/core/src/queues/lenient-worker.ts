import { type Job, type JobJson, Worker } from 'bullmq';

/**
 * A BullMQ worker that takes up jobs whose data is no JSON, as if they had none: whoever runs them refuses and scrubs them. BullMQ
 * itself would throw with a piece of the data in the message, and find the job stalled again and again.
 */
export class LenientWorker extends Worker {
  protected override createJob(json: JobJson, id: string): Job {
    try {
      return super.createJob(json, id);
    } catch {
      return super.createJob({ ...json, data: 'null' }, id);
    }
  }
}
