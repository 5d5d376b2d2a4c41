import { type Kind, kinds } from '@session-queue/core';
import {
  type Batch,
  type ConsumerKeys,
  ensureCallback,
  mirrored,
  type RequestIndex,
  readJobId,
  readRequest,
} from '@session-queue/core/engine';
import { ErrorCode, Job, type JobsOptions, type Queue } from 'bullmq';
import type { Logger } from 'pino';
import { type FinishEntry, formatFinishEntry } from './finish-entry.ts';

/** A batch's job sleeps until it is finished; should that never come, it looks for itself after this long. */
export const batchSafetyNetMs = 15 * 60_000;
/** Jobs of batches are added and woken together: that takes a third of the commands that one by one take. */
const gatherMs = 250;
const progressEveryMs = 5_000;
const daySeconds = 24 * 3600;
const keepBatches = {
  removeOnComplete: { age: daySeconds, count: 2_000 },
  removeOnFail: { age: 7 * daySeconds, count: 2_000 },
} as const satisfies JobsOptions;

export interface MirrorOptions {
  requests: Record<Kind, Queue>;
  batches: Record<Kind, Queue>;
  /** Where those who asked to be told of a request's end are told from. */
  callbacks: Queue;
  index: RequestIndex;
  retentionMs: number;
  logger: Logger;
}

/**
 * Shows in BullMQ what the lanes' records say. Nothing depends on it: a job that is missing or late is mended by the
 * reconciler, and no failure here reaches a send or a settle.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #changed = new Map<string, { keys: ConsumerKeys; kind: Kind; id: string }>();
  readonly #sent = new Map<string, Batch>();
  readonly #closed = new Map<string, { keys: ConsumerKeys; kind: Kind; id: string }>();
  #progressTimer: NodeJS.Timeout | undefined;
  #gatherTimer: NodeJS.Timeout | undefined;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Ends within the time of what is under way; progress not yet shown is dropped. */
  async stop(): Promise<void> {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    this.#changed.clear();
    this.#flush();
    await Promise.all(this.#underWay);
  }

  batchSent(batch: Batch): void {
    this.#sent.set(batch.id, batch);
    this.#gather();
  }

  /** Adds the jobs of open batches; adding one again changes nothing. */
  async addBatchJobs(batches: readonly Batch[]): Promise<void> {
    for (const kind of kinds) {
      const jobs = batches.filter((batch) => batch.kind === kind).map(jobOf);
      if (jobs.length > 0) await this.#options.batches[kind].addBulk(jobs);
    }
  }

  /** Those of some batches, all in one of Redis's pipelines, that have no job. */
  async withoutJob(keys: ConsumerKeys, ids: readonly string[]): Promise<string[]> {
    const pipeline = keys.redis.pipeline();
    for (const id of ids) pipeline.exists(...kinds.map((kind) => this.#options.batches[kind].toKey(id)));
    const replies = (await pipeline.exec()) ?? [];
    return ids.filter((_id, i) => replies[i]?.[1] === 0);
  }

  /** The counts of these requests have moved: their jobs show it within a few seconds. */
  requestsChanged(keys: ConsumerKeys, kind: Kind, ids: Iterable<string>): void {
    for (const id of ids) this.#changed.set(`${keys.base}${id}`, { keys, kind, id });
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      const changed = [...this.#changed.values()];
      this.#changed.clear();
      for (const one of changed) this.#run('progress is not shown', () => this.#showProgress(one));
    }, progressEveryMs);
  }

  batchClosed(keys: ConsumerKeys, kind: Kind, id: string): void {
    this.#closed.set(id, { keys, kind, id });
    this.#gather();
  }

  requestFinished(keys: ConsumerKeys, kind: Kind, id: string): void {
    this.#run('a job is not finished yet', () => this.finish(keys, { what: 'request', kind, id }));
  }

  /**
   * Wakes the sleeping job of a closed record, so that it runs once more and finishes. An entry leaves the `finish` set only
   * when its job has finished or is proven missing, and its callback is added: first of all, since a job may wait in a paused queue.
   */
  async finish(keys: ConsumerKeys, entry: FinishEntry): Promise<void> {
    const { what, kind, id } = entry;
    if (what === 'request') await ensureCallback(this.#options.callbacks, keys, id);
    const queue = what === 'batch' ? this.#options.batches[kind] : this.#options.requests[kind];
    const jobId = what === 'batch' ? id : await readJobId(keys, id);
    if (await woken(queue, jobId)) return;
    const state = await queue.getJobState(jobId);
    const over = state === 'completed' || state === 'failed' || state === 'unknown';
    if (over) await this.finished(keys, entry);
  }

  /** A job has ended: its record's entry in the index is to go with it, and then nothing is left to do. */
  async finished(keys: ConsumerKeys, entry: FinishEntry): Promise<void> {
    const { what, kind, id } = entry;
    if (what === 'batch') {
      await keys.redis.zrem(`${keys.base}finish`, formatFinishEntry(entry));
      return;
    }
    const finishedAt = await ensureCallback(this.#options.callbacks, keys, id);
    await this.#options.index.expire(id, this.#options.retentionMs);
    await mirrored(keys, kind, id, finishedAt);
  }

  async #showProgress({ keys, kind, id }: { keys: ConsumerKeys; kind: Kind; id: string }): Promise<void> {
    const view = await readRequest(keys, id);
    if (view !== undefined)
      await this.#options.requests[kind].updateJobProgress(await readJobId(keys, id), { ...view.counts });
  }

  #gather(): void {
    this.#gatherTimer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  #flush(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    const [sent, closed] = [[...this.#sent.values()], [...this.#closed.values()]];
    this.#sent.clear();
    this.#closed.clear();
    this.#run('batches have no job yet, or one that sleeps', async () => {
      await this.addBatchJobs(sent);
      await Promise.all(closed.map(({ keys, kind, id }) => this.finish(keys, { what: 'batch', kind, id })));
    });
  }

  #run(consequence: string, work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) =>
        this.#options.logger.debug({ err: error }, `${consequence}; the reconciler will mend it`),
      )
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }
}

function jobOf({ id, consumer, size, shares, ignoring }: Batch) {
  const requests = shares.map(({ request }) => request);
  const data = { consumer, items: size, requests, ...(ignoring && { ignoreResponseRevisions: true }) };
  return { name: 'batch', data, opts: { jobId: id, delay: batchSafetyNetMs, ...keepBatches } };
}

/** Wakes a sleeping job without reading it; answers whether it slept. */
async function woken(queue: Queue, id: string): Promise<boolean> {
  try {
    await new Job(queue, '', {}, {}, id).promote();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ErrorCode.JobNotInState) return false;
    throw error;
  }
}
