import { randomUUID } from 'node:crypto';
import { type FoundJobs, type Kind, type LearnosityClient, LearnosityError } from '@session-queue/core';
import {
  type ConsumerKeys,
  claimPoll,
  type DueReference,
  type Lane,
  laneKey,
  maxReferencesPerPoll,
  type PollRelease,
  type QuotaLimits,
  recordPoll,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import type { Observer } from '../observer.ts';
import type { ClosedBatch } from '../settle/outcomes.ts';
import { jobEnd } from './job-end.ts';
import { nextPollMs } from './poll-times.ts';

/** Rounds are at least this far apart, so that references come due together and share calls. */
const spacingMs = 1_000;
const afterErrorMs = 2_000;
const afterConsumerFaultMs = 60_000;
/** Redis may have lost them. */
const noteTypesEveryMs = 60_000;

export interface TrackerOptions {
  keys: ConsumerKeys;
  lanes: Record<Kind, Lane>;
  client: LearnosityClient;
  quota: QuotaLimits;
  deadlineMs: number;
  /** The types of its jobs are kept: jobs of lost resubmissions are looked for by them. */
  exclusive: boolean;
  /** A batch is closed; these requests are finished by it. */
  onResolved: (batch: ClosedBatch, finishedRequests: string[]) => void;
  observer: Observer;
  logger: Logger;
  signal: AbortSignal;
}

/** Asks for a consumer's open jobs, up to 50 a call, until each is completed or halted (invariant 8). */
export class Tracker extends ConsumerPart<TrackerOptions> {
  readonly #types = new Map<Kind, { type: string; noteAgainAt: number }>();

  constructor(options: TrackerOptions) {
    super(options, { part: 'tracker', work: 'polling', afterErrorMs });
  }

  protected async step(): Promise<number> {
    const { keys, quota, deadlineMs } = this.options;
    const pollId = randomUUID();
    const claim = await claimPoll(keys, pollId, { quota, deadlineMs, spacingMs });
    if (claim.is === 'wait') return Math.max(1, claim.ms);
    // What other replicas submitted and left behind, the rounds find.
    if (claim.is === 'empty') return claim.ms ?? Number.POSITIVE_INFINITY;
    const { due } = claim;
    if (due.length === 0) {
      await this.#record(pollId, { how: 'unused' }, false, new Map());
      return 0;
    }
    let found: FoundJobs;
    const { observer } = this.options;
    const lagsMs = due.map(({ overdueMs }) => overdueMs);
    const leftAt = performance.now();
    try {
      found = await this.options.client.getJobs(
        due.map(({ reference }) => reference),
        { signal: this.options.signal },
      );
      observer.polled(keys.consumer, 'accepted', performance.now() - leftAt, lagsMs);
    } catch (error) {
      if (!(error instanceof LearnosityError)) throw error;
      observer.polled(keys.consumer, error.decision, performance.now() - leftAt, lagsMs);
      return await this.#onFailure(pollId, due, error);
    }
    await this.#noteTypes(due, found);
    const dueIn = new Map<string, number>();
    const ended = due.filter((one) => {
      const open = jobEnd(found.jobs.get(one.reference)?.status, one.ageMs) === undefined;
      if (open) dueIn.set(one.id, nextPollMs(one.ageMs));
      return open === false;
    });
    await this.#record(pollId, { how: 'anchor', msSinceHeaders: found.msSinceHeaders }, false, dueIn);
    await Promise.all(ended.map((one) => this.#end(one, found)));
    return due.length < maxReferencesPerPoll ? spacingMs : 0;
  }

  /** Which call makes jobs of which type is learnt from those whose reference was recorded. */
  async #noteTypes(due: DueReference[], found: FoundJobs): Promise<void> {
    const { keys, exclusive } = this.options;
    if (!exclusive) return;
    for (const { kind, reference } of due) {
      const type = found.jobs.get(reference)?.type;
      const noted = this.#types.get(kind);
      if (type === undefined || (noted?.type === type && performance.now() < noted.noteAgainAt)) continue;
      await keys.redis.hset(laneKey(keys, kind), 'jobType', type);
      this.#types.set(kind, { type, noteAgainAt: performance.now() + noteTypesEveryMs });
    }
  }

  async #end(one: DueReference, found: FoundJobs): Promise<void> {
    const { keys, lanes, observer, onResolved } = this.options;
    const status = found.jobs.get(one.reference)?.status;
    const end = jobEnd(status, one.ageMs);
    if (end === undefined) return;
    const resolution = end(one);
    const startedAt = performance.now();
    const finished = await lanes[one.kind].resolve(one.id, { reference: one.reference }, resolution);
    if (finished === undefined) return;
    const batch = { ...one, consumer: keys.consumer };
    const how = status === 'completed' || status === 'halted' ? status : 'endless';
    observer.jobEnded(batch, how, one.ageMs, performance.now() - startedAt);
    if (resolution.children !== undefined) observer.batchSplit(batch);
    onResolved(one, finished);
  }

  async #onFailure(pollId: string, due: DueReference[], error: LearnosityError): Promise<number> {
    const { decision, code, message, headersArrived, msSinceHeaders } = error;
    const { consumer } = this.options.keys;
    this.options.logger.warn({ consumer, decision, code, reason: message }, 'a poll failed');
    const waitMs = decision === 'consumer' ? afterConsumerFaultMs : afterErrorMs;
    const release: PollRelease = headersArrived ? { how: 'anchor', msSinceHeaders } : { how: 'late' };
    const dueIn = new Map(due.map(({ id, ageMs }) => [id, Math.max(waitMs, nextPollMs(ageMs))]));
    await this.#record(pollId, release, decision === 'quota', dueIn);
    return 0;
  }

  #record(pollId: string, release: PollRelease, overQuota: boolean, dueIn: ReadonlyMap<string, number>): Promise<void> {
    const { keys, quota } = this.options;
    return recordPoll(keys, pollId, { ...release, windowMs: quota.windowMs, overQuota }, dueIn);
  }
}
