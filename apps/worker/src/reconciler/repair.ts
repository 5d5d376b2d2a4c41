import { finalStates, type Kind, type LegalHoldStore } from '@session-queue/core';
import {
  type Batch,
  type ConsumerKeys,
  discardUpload,
  ensureRequestJob,
  type Lane,
  type LookTimes,
  loseBatch,
  openRequest,
  parseUploadTrace,
  type RequestIndex,
  readBatch,
  readJobId,
  readRequest,
  removedCode,
  type Survey,
  settleRemoved,
  survey,
  sweepRequestParts,
  sweepSessions,
  sweepTombstones,
  takeOver,
} from '@session-queue/core/engine';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { backoffMs } from '../sender/backoff.ts';
import { parseFinishEntry } from '../settle/finish-entry.ts';
import type { Mirror } from '../settle/mirror.ts';
import { everyItem } from '../settle/outcomes.ts';
import { Deadlines } from './deadlines.ts';

const sliceSize = 50;
/** An upload that has lain still for so long is not continued. */
const abandonedAfterMs = 10 * 60_000;
/** What the replica that closed a record is left to do by itself. */
const mirrorGraceMs = 15_000;
/** What nobody removes by hand has its job: that is looked at less often than all else. */
const mirrorEveryMs = 30_000;
/** Slices of the index of sessions, of the tombstones, and of ended requests, at a visit: 4,000 ids or so, and 500 requests. */
const sweepSlices = 10;
/** Where there was no index one may have begun; looked for no more often than this. */
const sweepAgainMs = 60_000;

/** Slices of 1,000 sessions that are let go at a visit, of legal holds that are being lifted. */
const liftSlices = 20;

type Each = <T>(all: Iterable<T>, mend: (one: T) => Promise<unknown>) => Promise<void>;

export interface RepairOptions {
  keys: ConsumerKeys;
  lanes: Record<Kind, Lane>;
  requestQueues: Record<Kind, Queue>;
  index: RequestIndex;
  mirror: Mirror;
  holds: Pick<LegalHoldStore, 'letGo'>;
  lookTimes: LookTimes;
  /** TOMBSTONE_DAYS; for ever when absent. */
  tombstoneDays?: number | undefined;
  /** `Announcements.countedSince`. */
  countedSince: () => number;
  /** A batch is closed; these requests are finished by it. */
  onResolved: (batch: Batch, finishedRequests: string[]) => void;
  logger: Logger;
}

/**
 * Repairs what a crash, or a person in Bull Board, left half done, a slice of one consumer at a time. Every replica does it; all
 * steps may run twice.
 */
export class Repair {
  readonly #options: RepairOptions;
  #cursors: Survey['cursors'] = { requests: '0', batches: '0' };
  #through = { requests: false, batches: false };
  #mirrorDueAt = 0;
  #sweepDueAt = 0;
  readonly #deadlines: Deadlines;

  constructor(options: RepairOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.lanes, options.logger);
  }

  /**
   * Looks at the next slice and mends it; answers with what it saw. `onStep` is called before each piece of work: on a busy machine
   * a slice may take minutes.
   */
  async run(onStep: () => void = () => undefined): Promise<Survey> {
    const { keys, lanes, countedSince } = this.#options;
    const quotas = { deletion: lanes.deletion.options.quota, resubmission: lanes.resubmission.options.quota };
    const limits = { most: sliceSize, abandonedAfterMs, mirrorGraceMs, cursors: this.#cursors, quotas };
    const found = await survey(keys, { ...limits, countedSince: countedSince() });
    const each: Each = async (all, mend) => {
      for (const one of all) {
        onStep();
        await mend(one);
      }
    };
    await each(found.expiredLeases, (id) => this.#recover(id));
    await each(found.finish, (entry) => this.#options.mirror.finish(keys, parseFinishEntry(entry)));
    await each(found.abandonedUploads, (entry) => discardUpload(keys, parseUploadTrace(entry), abandonedAfterMs));
    await this.#finishLifting(found.liftedHolds, onStep);
    if (!found.quiet) await this.#deadlines.judge();
    if (performance.now() >= this.#mirrorDueAt) await this.#mendMirror(found, each);
    if (performance.now() >= this.#sweepDueAt) await this.#sweep(onStep);
    return found;
  }

  /** One slice after the other; once through both, it rests. */
  async #mendMirror({ openRequests, submittedBatches, cursors }: Survey, each: Each): Promise<void> {
    const { keys, mirror } = this.#options;
    const through = this.#through;
    if (!through.requests) await each(openRequests, (id) => this.#mendRequest(id));
    if (!through.batches) await each(await mirror.withoutJob(keys, submittedBatches), (id) => this.#mendBatch(id));
    this.#cursors = cursors;
    through.requests ||= cursors.requests === '0';
    through.batches ||= cursors.batches === '0';
    if (!through.requests || !through.batches) return;
    this.#through = { requests: false, batches: false };
    this.#mirrorDueAt = performance.now() + mirrorEveryMs;
  }

  /** Whoever lifts a hold lets its sessions go; where that was cut short nobody else would. Beside whoever still does so it only helps. */
  async #finishLifting(liftedHolds: readonly string[], onStep: () => void): Promise<void> {
    const { keys, holds } = this.#options;
    let left = liftSlices;
    for (const id of liftedHolds) {
      for (let hasMore = true; hasMore; left -= 1) {
        if (left === 0) return;
        onStep();
        hasMore = await holds.letGo(keys.consumer, id);
      }
    }
  }

  /** Takes what has aged out of the index of sessions, the tombstones and the requests: some slices, which the replicas share. */
  async #sweep(onStep: () => void): Promise<void> {
    const { keys, tombstoneDays: days } = this.#options;
    for (let slices = 0; slices < sweepSlices; slices += 1) {
      if (slices > 0) onStep();
      const swept = [await sweepSessions(keys), await sweepTombstones(keys, { days }), await sweepRequestParts(keys)];
      const leftMs = swept.map((ms) => ms ?? sweepAgainMs);
      if (leftMs.includes(0)) continue;
      this.#sweepDueAt = performance.now() + Math.max(Math.min(...leftMs), sweepAgainMs);
      return;
    }
  }

  /** A lease ran out: its replica died, or sleeps. What was not begun is unsent; what was has an unknown outcome. */
  async #recover(id: string): Promise<void> {
    const { keys, lanes, onResolved, logger } = this.#options;
    // It may have been put right since, and be on the wire again by now: that claim is not to be undone (invariant 7).
    const batch = await takeOver(keys, id);
    if (batch === undefined) return;
    const lane = lanes[batch.kind];
    const claim = { batch: id, claims: batch.claims, slot: batch.slot };
    logger.warn(
      { consumer: keys.consumer, kind: batch.kind, batch: id, state: batch.state },
      'a lease ran out: the batch goes on without whoever held it',
    );
    if (batch.state === 'sending' && batch.kind === 'resubmission' && lane.options.exclusive) {
      const reason = { code: 'unknown', message: unknownMessage, times: this.#options.lookTimes };
      // The rounds wake whoever looks for its job.
      if ((await loseBatch(lane, claim, { how: 'keep' }, reason)) !== 'not noted') return;
    }
    if (batch.state === 'sending' && batch.ignoring) {
      const resolution = { outcomes: everyItem(batch, 'parked'), code: 'unknown', message: unknownMessage };
      const finished = await lane.resolve(id, { claims: batch.claims }, resolution);
      if (finished !== undefined) onResolved(batch, finished);
      return;
    }
    const unsent = batch.state === 'claimed';
    await lane.giveBack(
      claim,
      { how: 'keep' },
      unsent
        ? { cause: 'unsent', code: '', message: '', dueInMs: 0 }
        : { cause: 'unknown', code: 'unknown', message: unknownMessage, dueInMs: backoffMs(batch.failures) },
    );
  }

  /** An open request has a job and an index entry, whatever was removed by hand. */
  async #mendRequest(id: string): Promise<void> {
    const { keys, index, requestQueues } = this.#options;
    const view = await readRequest(keys, id);
    if (view === undefined || finalStates.has(view.state)) return;
    await index.keep(keys, id, view.kind);
    const { pending, claimed, submitted } = view.counts;
    if (pending === 0 && claimed + submitted > 0) await this.#settleRemoved(id, view.kind);
    const queue = requestQueues[view.kind];
    if (await ensureRequestJob(keys, queue, view)) return;
    // Its intake runs, has died, or what it did was lost with the end of Redis's file: BullMQ would notice that after a minute, or an
    // hour. One that waits in a paused queue is left there.
    if (view.state !== 'accepted') return;
    const state = await queue.getJobState(await readJobId(keys, id));
    if (state === 'active' || state === 'delayed') await openRequest(keys, id);
  }

  /** Somebody took the record of a batch out of Redis: without this its request would be open for ever. */
  async #settleRemoved(request: string, kind: Kind): Promise<void> {
    const { keys, lanes, mirror, logger } = this.#options;
    const found = await settleRemoved(keys, request, { retentionMs: lanes[kind].options.retentionMs });
    if (found.is === 'whole') return;
    const { items, batches } = found;
    const about = { consumer: keys.consumer, kind, request, items, batches: batches.slice(0, 20) };
    if (found.is === 'removed') {
      const seconds = Math.ceil(found.leftMs / 1000);
      logger.error(
        { ...about, seconds },
        'items are in no batch: the record of theirs was removed from Redis; put it back, or they fail',
      );
      return;
    }
    logger.error({ ...about, code: removedCode }, 'items whose batch was removed from Redis have failed');
    mirror.requestsChanged(keys, kind, [request]);
    if (found.hasEnded) mirror.requestFinished(keys, kind, request);
  }

  async #mendBatch(id: string): Promise<void> {
    const batch = await readBatch(this.#options.keys, id);
    if (batch?.state === 'submitted') await this.#options.mirror.addBatchJobs([batch]);
  }
}

const unknownMessage = 'The worker stopped between the call and its answer';
