import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, type LearnosityClient, LearnosityError } from '@session-queue/core';
import {
  attachJob,
  type Batch,
  type ConsumerKeys,
  claimLook,
  endLook,
  type Lane,
  type Look,
  type LookLimits,
  readRecorded,
  recordedBetween,
  recordPoll,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import { type ClosedBatch, everyItem } from '../settle/outcomes.ts';
import { firstPollMs } from '../tracker/poll-times.ts';
import { findJob, spanOf, surelyWithin } from './find-job.ts';
import { type NotFound, notFoundMessage } from './look-reasons.ts';

const afterErrorMs = 2_000;
const afterConsumerFaultMs = 60_000;
/** A span holds some 800 jobs of a consumer that spends all of its quota. */
const mostPages = 40;
/** How far Learnosity's `Date` may be from Redis's time, beside its whole seconds: well under the skew that a look allows for. */
const mostClockErrorMs = 5_000;

export interface SeekerOptions {
  keys: ConsumerKeys;
  lane: Lane;
  client: LearnosityClient;
  limits: LookLimits;
  /** Whether answers to another consumer's calls have told of one of these: then the key shows jobs of others. */
  isKnownElsewhere: (references: string[]) => Promise<boolean>;
  /** A lost batch has its job. */
  onAttached: (batch: Batch) => void;
  /** A batch is closed; these requests are finished by it. */
  onResolved: (batch: ClosedBatch, finishedRequests: string[]) => void;
  logger: Logger;
  signal: AbortSignal;
}

type Verdict = { is: 'found'; reference: string } | { is: 'not found'; why: NotFound } | { is: 'gone' };

/**
 * Looks for the jobs of a consumer's lost resubmissions among the recent ones, and attaches a batch where its job is unmistakable.
 * Never for deletions: a wrong match would report one that never happened. It starts with its first wake: most consumers never
 * have anything lost.
 */
export class Seeker extends ConsumerPart<SeekerOptions> {
  #hasWarned = false;

  constructor(options: SeekerOptions) {
    super(options, { part: 'seeker', work: 'looking for a job', afterErrorMs });
  }

  protected async step(): Promise<number> {
    const { keys, limits } = this.options;
    const claim = await claimLook(keys, limits);
    switch (claim.is) {
      case 'wait':
        return Math.max(1, claim.ms);
      case 'empty':
        // What other replicas lose and leave behind, the rounds find.
        return claim.ms === undefined ? Number.POSITIVE_INFINITY : Math.max(1, claim.ms);
      case 'gone':
        return 0;
      case 'doubt':
        await this.#giveUp(claim.look, claim.why);
        return 0;
      case 'look':
        await this.#look(claim.look);
        return 0;
    }
  }

  async #look(look: Look): Promise<void> {
    const { keys, limits, onAttached, logger } = this.options;
    const names = { consumer: keys.consumer, batch: look.batch.id };
    logger.debug(names, 'the job of a lost batch is looked for');
    let verdict: Verdict;
    try {
      verdict = await this.#seek(look);
    } catch (error) {
      if (!(error instanceof LearnosityError)) throw error;
      const { decision, code, message } = error;
      logger.warn({ ...names, decision, code, reason: message }, 'a look for a job failed');
      await endLook(keys, look, 'again', decision === 'consumer' ? afterConsumerFaultMs : afterErrorMs);
      return;
    }
    if (verdict.is === 'gone') {
      logger.debug(names, 'a look is over: another one is made, or the batch is lost no more');
      return;
    }
    if (verdict.is === 'not found') return await this.#notFound(look, verdict.why);
    const { reference } = verdict;
    if (!(await attachJob(keys, look, reference, { times: limits.times, firstPollMs }))) {
      await endLook(keys, look, 'again', afterErrorMs);
      return;
    }
    logger.info(
      { ...names, jobReference: reference },
      'the job of a lost batch was found: it is followed, and not sent again',
    );
    onAttached(look.batch);
  }

  /** Reads every page of the jobs that may be the batch's, each with a slot of its own. */
  async #seek(first: Look): Promise<Verdict> {
    const { keys, limits, isKnownElsewhere } = this.options;
    const span = spanOf(first.beganAt, limits.times);
    const jobs: Job[] = [];
    let look = first;
    let next: string | undefined;
    for (let page = 1; ; page += 1) {
      const found = await this.#readPage(look, span, next);
      if (!found.clockAgrees) return this.#warn('clock');
      jobs.push(...found.jobs);
      if (found.next === undefined || found.jobs.length === 0) break;
      if (page === mostPages || found.next === next) return this.#warn('endless');
      next = found.next;
      const claim = await this.#claimPage(look);
      if (claim === undefined) return { is: 'gone' };
      if ('why' in claim) return { is: 'not found', why: claim.why };
      look = claim;
    }
    const references = jobs.map(({ reference }) => reference);
    const within = surelyWithin(first.beganAt, limits.times);
    const expected = await recordedBetween(keys, within.from, within.to);
    // Asked after the pages were read: what is told meanwhile is known.
    const recorded = new Set((await readRecorded(keys, references)).keys());
    const unknown = references.filter((reference) => !recorded.has(reference));
    if (await isKnownElsewhere(unknown)) return this.#warn('shared');
    const finding = findJob({ jobs, recorded, expected, jobType: first.jobType, span });
    return finding.is === 'found' ? finding : { is: 'not found', why: finding.is };
  }

  async #readPage(look: Look, span: { from: number; to: number }, next: string | undefined) {
    const { keys, client, limits, signal } = this.options;
    const { windowMs } = limits.quota;
    const askedAt = performance.now();
    // A look may take many calls, each with its deadline.
    this.sign.show();
    try {
      const options = { signal, ...(next !== undefined && { next }) };
      const { msSinceHeaders, serverTime, ...page } = await client.listJobs(span, options);
      await recordPoll(keys, look.slot, { how: 'anchor', msSinceHeaders, windowMs }, new Map());
      const tookMs = performance.now() - askedAt;
      const error = serverTime === undefined ? Number.POSITIVE_INFINITY : Math.abs(serverTime - look.claimedAt);
      return { jobs: page.jobs, next: page.next, clockAgrees: error <= mostClockErrorMs + 1_000 + tookMs };
    } catch (error) {
      if (!(error instanceof LearnosityError)) throw error;
      const { headersArrived, msSinceHeaders, decision } = error;
      const release = headersArrived ? { how: 'anchor' as const, msSinceHeaders } : { how: 'late' as const };
      await recordPoll(keys, look.slot, { ...release, windowMs, overQuota: decision === 'quota' }, new Map());
      throw error;
    }
  }

  /** The slot of the next page; `undefined` when the look is another's by now. */
  async #claimPage(look: Look): Promise<Look | { why: NotFound } | undefined> {
    const { keys, limits, signal } = this.options;
    for (;;) {
      if (this.loop.isStopping) {
        await endLook(keys, look, 'again', 0);
        return undefined;
      }
      const claim = await claimLook(keys, limits, look);
      if (claim.is === 'look') return claim.look;
      if (claim.is === 'doubt') return { why: claim.why };
      if (claim.is !== 'wait') return undefined;
      await sleep(claim.ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #notFound(look: Look, why: NotFound): Promise<void> {
    const { keys, limits } = this.options;
    const again = limits.times.againMs[look.batch.looks];
    if (why === 'none' && look.batch.ignoring && again !== undefined) {
      await endLook(keys, look, 'later', again);
      return;
    }
    await this.#giveUp(look, why);
  }

  /** As it went before anybody looked: sent again, or parked when it ignores revisions (invariant 7). */
  async #giveUp(look: Pick<Look, 'id' | 'batch'>, why: NotFound): Promise<void> {
    const { keys, lane, onResolved, logger } = this.options;
    const { batch } = look;
    const names = { consumer: keys.consumer, batch: batch.id, why };
    if (!batch.ignoring) {
      // The look has taken longer than any backoff.
      const isOurs = await endLook(keys, look, 'send', 0);
      if (isOurs) logger.info(names, 'a lost batch was given no job: it is sent again');
      return;
    }
    const message = notFoundMessage(batch.lastMessage, why);
    const resolution = { outcomes: everyItem(batch, 'parked'), code: batch.lastCode ?? 'unknown', message };
    const finished = await lane.resolve(batch.id, { look: look.id }, resolution);
    if (finished === undefined) return;
    logger.info(names, 'a lost batch was given no job: it waits for a person');
    onResolved(batch, finished);
  }

  /** What a person should mend, or know: said once. */
  #warn(why: 'clock' | 'endless' | 'shared'): Verdict {
    const { keys, logger } = this.options;
    const reason = notFoundMessage(undefined, why);
    if (!this.#hasWarned) logger.warn({ consumer: keys.consumer, reason }, 'jobs of lost batches cannot be told');
    this.#hasWarned = true;
    return { is: 'not found', why };
  }
}
