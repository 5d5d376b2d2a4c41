import { type Kind, queueNames } from '@session-queue/core';
import { type Batch, type ConsumerKeys, type RequestIndex, readJobId, readRequest } from '@session-queue/core/engine';
import type { JobsOptions, Queue } from 'bullmq';
import type { Logger } from 'pino';

/** A batch's job sleeps until it is finished; should that never come, it looks for itself after this long. */
export const batchSafetyNetMs = 15 * 60_000;
const progressEveryMs = 1_000;
const daySeconds = 24 * 3600;
const keepBatches = {
  removeOnComplete: { age: daySeconds, count: 2_000 },
  removeOnFail: { age: 7 * daySeconds, count: 2_000 },
} as const satisfies JobsOptions;

export interface MirrorOptions {
  requests: Record<Kind, Queue>;
  batches: Record<Kind, Queue>;
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
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Ends within the time of what is under way; progress not yet shown is dropped. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
    await Promise.all(this.#underWay);
  }

  batchClaimed(batch: Batch): void {
    this.#run('a batch has no job yet', () => this.addBatchJob(batch));
  }

  /** Adds the job of an open batch; adding it again changes nothing. */
  async addBatchJob(batch: Batch): Promise<void> {
    const { id, kind, consumer, size, shares, ignoring } = batch;
    const requests = shares.map(({ request }) => request);
    const data = { consumer, items: size, requests, ...(ignoring && { ignoreResponseRevisions: true }) };
    await this.#options.batches[kind].add('batch', data, { jobId: id, delay: batchSafetyNetMs, ...keepBatches });
  }

  /** The counts of these requests have moved: their jobs show it within a second. */
  requestsChanged(keys: ConsumerKeys, kind: Kind, ids: Iterable<string>): void {
    for (const id of ids) this.#changed.set(`${keys.base}${id}`, { keys, kind, id });
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const changed = [...this.#changed.values()];
      this.#changed.clear();
      for (const one of changed) this.#run('progress is not shown', () => this.#showProgress(one));
    }, progressEveryMs);
  }

  batchClosed(keys: ConsumerKeys, kind: Kind, id: string): void {
    this.#run('a job is not finished yet', () => this.finish(keys, { what: 'batch', kind, id }).then(() => undefined));
  }

  requestFinished(keys: ConsumerKeys, kind: Kind, id: string): void {
    this.#run('a job is not finished yet', () =>
      this.finish(keys, { what: 'request', kind, id }).then(() => undefined),
    );
  }

  /**
   * Wakes the sleeping job of a closed record, so that it runs once more and finishes. An entry leaves the `finish` set only
   * when its job has finished or is proven missing.
   */
  async finish(keys: ConsumerKeys, entry: FinishEntry): Promise<void> {
    const { what, kind, id } = entry;
    if (what === 'request') await this.#options.index.expire(id, this.#options.retentionMs);
    const queue = what === 'batch' ? this.#options.batches[kind] : this.#options.requests[kind];
    const job = await queue.getJob(what === 'batch' ? id : await readJobId(keys, id));
    const state = await job?.getState();
    if (state === 'delayed') await job?.promote();
    const over = job === undefined || state === 'completed' || state === 'failed' || state === 'unknown';
    if (over) await this.finished(keys, entry);
  }

  /** A job has ended: nothing is left to do for its record. */
  async finished(keys: ConsumerKeys, entry: FinishEntry): Promise<void> {
    await keys.redis.zrem(`${keys.base}finish`, formatFinishEntry(entry));
  }

  async #showProgress({ keys, kind, id }: { keys: ConsumerKeys; kind: Kind; id: string }): Promise<void> {
    const view = await readRequest(keys, id);
    if (view !== undefined)
      await this.#options.requests[kind].updateJobProgress(await readJobId(keys, id), { ...view.counts });
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

export interface FinishEntry {
  what: 'batch' | 'request';
  kind: Kind;
  id: string;
}

/** An entry of the `finish` set: `<what> <kind> <id>`. */
export function formatFinishEntry({ what, kind, id }: FinishEntry): string {
  return `${what} ${kind} ${id}`;
}

export function parseFinishEntry(text: string): FinishEntry {
  const [what, kind] = text.split(' ', 2);
  const known: FinishEntry['what'] = what === 'batch' ? 'batch' : 'request';
  const knownKind: Kind = kind && kind in queueNames ? (kind as Kind) : 'deletion';
  return { what: known, kind: knownKind, id: text.slice(known.length + knownKind.length + 2) };
}
