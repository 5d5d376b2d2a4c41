import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, type LearnosityClient, LearnosityError, type StartedJob } from '@session-queue/core';
import {
  type Batch,
  type Claim,
  type Grant,
  type ItemOutcome,
  type Lane,
  type LookTimes,
  longestSendGapMs,
  loseBatch,
  type Resolution,
  readItemTexts,
  type SlotRelease,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { inspected } from '../inspect/inspected.ts';
import { type Inspector, inspectAll } from '../inspect/inspector.ts';
import type { Observer } from '../observer.ts';
import type { Gate } from '../pump/gate.ts';
import { firstPollMs } from '../tracker/poll-times.ts';
import { actOn } from './failure.ts';
import { until } from './until.ts';

/** How long before the slot is free the send begins. What dies in between has an unknown outcome: shorter than the claim's. */
const beginAheadMs = 25;
/** How often a reference that Redis did not take is offered again: more often than replicas look for leases that ran out. */
const offerAgainMs = 250;
/** And for how long: by then others have long put the batch right. */
const offeredForMs = 60_000;

/** What the sender tells the rest of the worker. None of it may throw. */
export interface SenderEvents {
  /** A call of a batch has left: it is to be seen in Bull Board. */
  sent(batch: Batch): void;
  /** A reference is recorded and comes due. */
  submitted(batch: Batch): void;
  /** A batch is closed; these requests are finished by it. */
  resolved(batch: Batch, finishedRequests: string[]): void;
  /** The outcome of a resubmission is unknown: its job is to be looked for. */
  lost(): void;
}

export interface SenderOptions {
  client: LearnosityClient;
  gate: Gate;
  /** What must not be sent, each knows in its own way. */
  inspectors: readonly Inspector[];
  events: SenderEvents;
  observer: Observer;
  lookTimes: LookTimes;
  logger: Logger;
  /** Aborted when the drain's grace is over: calls under way are cut and their outcome is unknown. */
  signal: AbortSignal;
  /** Set once the worker stops: what is claimed and not on the wire goes back whole. */
  isStopping: () => boolean;
}

/**
 * Takes a claim to the wire and records what came of it. Between the steps the process may die at any point: the lease
 * expires and the reconciler puts the batch back, as unsent or with an unknown outcome.
 */
export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Never rejects: what cannot be written now is repaired by the reconciler. */
  async send(lane: Lane, grant: Grant): Promise<void> {
    try {
      await this.#send(lane, grant);
    } catch (error) {
      this.#log(lane, grant.claim).error({ err: error }, 'a send was left half done');
    }
  }

  async #send(lane: Lane, { claim, batch, packed, notBefore }: Grant): Promise<void> {
    const { gate, events, observer, isStopping } = this.#options;
    const texts = await readItemTexts(lane.keys, batch, packed);
    const items = texts.filter((text) => text !== undefined);
    if (items.length < texts.length) return this.#failMissing(lane, claim, batch, texts);

    if (await this.#settleUnsent(lane, claim, batch, items)) return;

    await until(notBefore - beginAheadMs);
    if (isStopping()) return this.#putBack(lane, claim, 'the worker is stopped');
    const askedAt = performance.now();
    // Asked together: each counts from when it is asked, and nothing is written before both have answered. A gate that cannot be
    // read is closed: what has begun and is neither sent nor put back would count as sent.
    const gateClosed = gate.isClosed(lane.kind).catch(() => true);
    const [closed, permit] = await Promise.all([gateClosed, lane.beginSend(claim)]);
    if (closed) return this.#putBack(lane, claim, 'the queue is stopped, or does not say');
    if (permit.is === 'no') return this.#putBack(lane, claim, `not sent: the ${permit.reason} no longer stands`);
    if (permit.is === 'cancelled') return this.#dropCancelled(lane, claim, batch, new Set(permit.requests));
    await until(notBefore);
    if (performance.now() - askedAt > longestSendGapMs)
      return this.#putBack(lane, claim, 'not sent: the process was asleep');

    let started: StartedJob;
    const leftAt = performance.now();
    try {
      // Beyond this begin-send's lease and slot hold no more: a process that sleeps from here on sends nothing when it wakes.
      const leaveBy = askedAt + longestSendGapMs + lane.options.deadlineMs;
      const calling = this.#call(batch, items, leaveBy);
      events.sent(batch);
      observer.callLeft(batch, leftAt - notBefore);
      started = await calling;
      observer.callEnded(batch, 'accepted', performance.now() - leftAt);
    } catch (error) {
      if (!(error instanceof LearnosityError)) throw error;
      observer.callEnded(batch, error.decision, performance.now() - leftAt);
      return this.#onFailure(lane, claim, batch, error);
    }
    const { jobReference } = started;
    if (await this.#record(lane, claim, permit.attempt, started)) events.submitted(batch);
    else this.#log(lane, claim).warn({ jobReference }, 'a job reference came too late: a newer attempt has begun');
  }

  /** Settles what must not be sent, and gives the slot back; `false` where all of it may be. */
  async #settleUnsent(lane: Lane, claim: Claim, batch: Batch, items: string[]): Promise<boolean> {
    const verdicts = await inspectAll(this.#options.inspectors, batch, items);
    const found = inspected(batch.size, verdicts);
    if (found.is === 'to be sent') return false;
    if (found.is === 'settled') await this.#resolveUnsent(lane, claim, batch, found.resolution);
    else await this.#putBack(lane, claim, 'not sent: it waits for a resubmission to end', found.ms);
    return true;
  }

  /**
   * What Redis refuses to keep (its disk is full, it is a read-only replica just now) it is offered again: nobody else knows the
   * reference, and without it the outcome of the call is unknown.
   */
  async #record(
    lane: Lane,
    claim: Claim,
    attempt: string,
    { jobReference, msSinceHeaders }: StartedJob,
  ): Promise<boolean> {
    const { signal } = this.#options;
    const answeredAt = performance.now() - msSinceHeaders;
    const giveUpAt = performance.now() + offeredForMs;
    for (let tries = 1; ; tries += 1) {
      try {
        const timing = { msSinceHeaders: performance.now() - answeredAt, firstPollMs };
        return await lane.recordReference(claim, attempt, jobReference, timing);
      } catch (error) {
        if (signal.aborted || performance.now() > giveUpAt) throw error;
        if (tries === 1)
          this.#log(lane, claim).warn({ err: error }, 'Redis takes no job reference now: it is offered again');
      }
      await sleep(offerAgainMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #call(batch: Batch, items: string[], leaveBy: number): Promise<StartedJob> {
    const { client, signal } = this.#options;
    const options: CallOptions = { signal, leaveBy };
    if (batch.kind === 'deletion') return client.deleteSessions(items, options);
    return client.submitFailedSubmissions(items, { ...options, ignoreResponseRevisions: batch.ignoring });
  }

  async #onFailure(lane: Lane, claim: Claim, batch: Batch, error: LearnosityError): Promise<void> {
    const { decision, code, outcome, httpStatus } = error;
    this.#log(lane, claim).warn({ decision, code, outcome, httpStatus, reason: error.message }, 'a send failed');
    const action = actOn(error, batch, await lane.health(), lane.options.quota.windowMs);
    const slot = slotAfter(error);
    if (action.isLost && (await this.#lose(lane, claim, slot, error))) return;
    const hadNoEffect = outcome === 'refused';
    if (action.do === 'give back') {
      if (action.back.cause === 'consumer') this.#logStop(lane, error);
      await lane.giveBack(claim, slot, { ...action.back, hadNoEffect });
      return;
    }
    const release = { slot: claim.slot, as: slot, hadNoEffect };
    const finished = await lane.resolve(batch.id, { claims: claim.claims }, action.resolution, release);
    if (finished === undefined) return;
    if (action.resolution.children !== undefined) this.#options.observer.batchSplit(batch);
    this.#options.events.resolved(batch, finished);
  }

  /** Sets a resubmission aside whose job can be looked for; `false` when it cannot. */
  async #lose(lane: Lane, claim: Claim, slot: SlotRelease, { code, message }: LearnosityError): Promise<boolean> {
    if (lane.kind !== 'resubmission' || !lane.options.exclusive) return false;
    const { lookTimes: times, events } = this.#options;
    if ((await loseBatch(lane, claim, slot, { code, message, times })) === 'not noted') return false;
    events.lost();
    return true;
  }

  async #dropCancelled(lane: Lane, claim: Claim, batch: Batch, requests: Set<string>): Promise<void> {
    const outcomes = batch.shares.flatMap(({ request, items }): ItemOutcome[] =>
      Array.from({ length: items }, () => (requests.has(request) ? 'cancelled' : 0)),
    );
    await this.#resolveUnsent(lane, claim, batch, { outcomes });
  }

  /** Somebody took a submission's text out of Redis: it can never be sent, and must not hold up the others. */
  async #failMissing(lane: Lane, claim: Claim, batch: Batch, texts: (string | undefined)[]): Promise<void> {
    const outcomes = texts.map((text): ItemOutcome => (text === undefined ? 'failed' : 0));
    await this.#resolveUnsent(lane, claim, batch, {
      outcomes,
      code: 'missing',
      message: 'Its text is gone from Redis',
    });
  }

  async #resolveUnsent(lane: Lane, claim: Claim, batch: Batch, resolution: Resolution): Promise<void> {
    const children = { halves: false, dueInMs: 0, halts: batch.halts, unknown: false };
    const release = { slot: claim.slot, as: { how: 'unused' } as const };
    const finished = await lane.resolve(batch.id, { claims: claim.claims }, { ...resolution, children }, release);
    if (finished !== undefined) this.#options.events.resolved(batch, finished);
  }

  async #putBack(lane: Lane, claim: Claim, message: string, dueInMs = 0): Promise<void> {
    await lane.giveBack(claim, { how: 'unused' }, { cause: 'unsent', code: '', message, dueInMs, hadNoEffect: true });
  }

  #logStop(lane: Lane, error: LearnosityError): void {
    const { consumer } = lane.keys;
    this.#options.logger.error(
      { consumer, kind: lane.kind, code: error.code, reason: error.message },
      'the lane is stopped: mend the consumer; nothing is lost and it goes on by itself',
    );
  }

  #log(lane: Lane, claim: Claim): Logger {
    return this.#options.logger.child({ consumer: lane.keys.consumer, kind: lane.kind, batch: claim.batch });
  }
}

/** A response anchors the slot; without one the call may still arrive late, unless it never left. */
function slotAfter(error: LearnosityError): SlotRelease {
  if (error.headersArrived) return { how: 'anchor', msSinceHeaders: error.msSinceHeaders };
  // A refused connection is paced like a call: otherwise an outage would empty the lane into waiting retries.
  return error.outcome === 'refused' ? { how: 'anchor', msSinceHeaders: 0 } : { how: 'late' };
}
