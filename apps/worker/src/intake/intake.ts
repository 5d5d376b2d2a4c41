import { finalStates, type Kind, type RequestView } from '@session-queue/core';
import {
  type AcceptedJob,
  acceptedJobSchema,
  type ConsumerKeys,
  openRequest,
  type RequestIndex,
  readJobId,
  readRequest,
  redriveItems,
} from '@session-queue/core/engine';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Logger } from 'pino';
import { failedJob } from '../settle/failed-job.ts';
import { formatFinishEntry } from '../settle/finish-entry.ts';
import type { Admission, PlainJobs } from './plain-jobs.ts';

/** A request's job sleeps while its lane works; should nobody wake it, it looks for itself after this long. */
const safetyNetMs = 60 * 60_000;
/** One that waits for its time looks at Redis's clock now and then: its own may be set. */
const longestSleepMs = 24 * 60 * 60_000;
const notThereYetMs = 5_000;

export interface IntakeOptions {
  keysOf: (consumer: string) => ConsumerKeys;
  plainJobs: PlainJobs;
  index: RequestIndex;
  retentionMs: number;
  logger: Logger;
}

/**
 * What the job of a request does when it runs: the first time it puts the request into its lane's rotation; woken at the end
 * it finishes as the record says; retried by a person it puts the failed items back in line. In between it sleeps.
 */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  async run(kind: Kind, job: Job, token: string): Promise<unknown> {
    try {
      return await this.#run(kind, job, token);
    } catch (error) {
      if (error instanceof UnrecoverableError || error instanceof DelayedError) throw error;
      // Redis hiccups and the like: the job's own options (attempts, removeOnFail) must not decide about accepted work.
      this.#options.logger.error({ err: error, kind, job: job.id }, 'intake failed; trying again');
      return await sleep(job, token, notThereYetMs);
    }
  }

  async #run(kind: Kind, job: Job, token: string): Promise<unknown> {
    const admitted = await this.#admit(kind, job);
    if ('waitMs' in admitted) return await sleep(job, token, admitted.waitMs);
    const { accepted } = admitted;
    const keys = this.#options.keysOf(accepted.consumer);
    const view = await readRequest(keys, accepted.request);
    if (view === undefined || view.kind !== kind) throw failedJob('its record is gone (aged out, or never sealed)');
    if (view.state === 'receiving') return await sleep(job, token, notThereYetMs);
    if (finalStates.has(view.state)) {
      const retried = view.state === 'failed' && !(await this.#isFinishing(keys, view));
      if (!retried || view.counts.failed === 0) return end(view);
      await this.#redrive(keys, view);
    }
    const { waitMs } = view.state === 'accepted' ? await openRequest(keys, view.id) : { waitMs: 0 };
    await job.updateProgress({ ...view.counts });
    await job.moveToDelayed(Date.now() + (waitMs > 0 ? Math.min(waitMs, longestSleepMs) : safetyNetMs), token);
    // It may have finished while its job was still active and could not be woken. Or Redis came back without its last moments: a plain
    // job that has its items again, and would sleep with them.
    // Or a second person has approved of it meanwhile.
    const after = await readRequest(keys, view.id);
    const isOver = after === undefined || finalStates.has(after.state);
    if (isOver || (after.state === 'accepted' && waitMs === 0)) await job.promote().catch(() => undefined);
    throw new DelayedError();
  }

  /** A job of ours says where its items lie; any other is a plain one that is taken in now. */
  async #admit(kind: Kind, job: Job): Promise<Admission> {
    const accepted = acceptedJobSchema.safeParse(job.data).data;
    if (accepted !== undefined && (await this.#isOurs(job, accepted))) return { accepted };
    return await this.#options.plainJobs.admit(kind, job);
  }

  /** Data that looks like ours, in a job of somebody else's, is a plain job with bad data. */
  async #isOurs(job: Job, { request, consumer }: AcceptedJob): Promise<boolean> {
    return job.id === request || job.id === (await readJobId(this.#options.keysOf(consumer), request));
  }

  /** The job of a request that has just failed is woken to fail too; any other run of a failed one is a person's retry. */
  async #isFinishing(keys: ConsumerKeys, { kind, id }: RequestView): Promise<boolean> {
    return (await keys.redis.zscore(`${keys.base}finish`, formatFinishEntry({ what: 'request', kind, id }))) !== null;
  }

  async #redrive(keys: ConsumerKeys, { id, kind, counts }: RequestView): Promise<void> {
    const { index, retentionMs } = this.#options;
    await redriveItems(keys, id, { from: 'failed', action: 'resend', items: counts.failed, retentionMs });
    await index.keep(keys, id, kind);
  }
}

function end({ state, counts, error }: RequestView): unknown {
  if (error !== undefined) throw failedJob(error);
  if (state === 'failed') throw failedJob(`${counts.failed} of ${counts.total} items failed for good`);
  return { state, ...counts };
}

async function sleep(job: Job, token: string, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}
