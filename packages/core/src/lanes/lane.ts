import { saltedLeaves } from '../evidence-store/salted-leaves.ts';
import { fixedBodyBytes, maxBodyBytes } from '../learnosity/form-size.ts';
import type { ScriptArgument } from '../redis/script.ts';
import type { Kind } from '../requests/request.ts';
import { type Claim, type ClaimAnswer, parseClaimAnswer } from './claim-answer.ts';
import { type DeletionGuards, noGuards } from './guards.ts';
import type { ConsumerKeys } from './keys.ts';
import { laneKey } from './keys.ts';
import { consumerScript } from './script-files.ts';

const sessions = new URL('../sessions/table.lua', import.meta.url);
const seen = new URL('../verification/scripts/seen.lua', import.meta.url);
const pieces = new URL('../verification/scripts/pieces.lua', import.meta.url);
const tombstones = new URL('./shared/tombstones.lua', import.meta.url);
const scripts = {
  claim: consumerScript(seen, new URL('./claim.lua', import.meta.url)),
  beginSend: consumerScript(new URL('./begin-send.lua', import.meta.url)),
  recordReference: consumerScript(sessions, new URL('./record-reference.lua', import.meta.url)),
  giveBack: consumerScript(new URL('./give-back.lua', import.meta.url)),
  resolve: consumerScript(sessions, tombstones, pieces, new URL('./resolve.lua', import.meta.url)),
};

/** Most items of one call to Learnosity's sessions endpoint (its documentation, both actions). */
export const maxItemsPerBatch = 50;
/** Most bytes that a batch's items take in the form-encoded body; a single item over it goes alone. */
const maxBatchBytes = maxBodyBytes - fixedBodyBytes;
/** How long a call without an answer may still arrive at Learnosity after we gave it up. */
export const lateMs = 3_000;
/** Between begin-send and the call nobody can fence a sleeper; a sender that took longer than this does not send. */
export const longestSendGapMs = 1_000;
/** How long a claim waits for its send to begin. */
export const claimLeaseMs = 10_000;
/** A stopped lane tries again with one call this often. */
export const probeMs = 5 * 60_000;

export interface QuotaLimits {
  /** Calls allowed in any window, per consumer key and endpoint. */
  calls: number;
  windowMs: number;
}

export interface LaneOptions {
  quota: QuotaLimits;
  /** The hard deadline of a send. */
  deadlineMs: number;
  /** Of the credentials in use; a lane is stopped for one fingerprint. */
  fingerprint: string;
  retentionMs: number;
  /** Nobody else has jobs of failed submissions where its key can see them: what a lost call's job needs to be found by. */
  exclusive?: boolean;
  /** What deletions must pass before they are started; nothing when absent. */
  guards?: DeletionGuards;
}

export type SendPermit =
  | { is: 'go'; attempt: string }
  | { is: 'cancelled'; requests: string[] }
  /** The claim's lease is over or nearly, the endpoint was blocked since, or the lane was stopped. */
  | { is: 'no'; reason: 'lease' | 'quota' | 'stopped' };

/** What a call says of its quota slot; see shared/quota.lua. */
export type SlotRelease =
  | { how: 'anchor'; msSinceHeaders: number }
  | { how: 'late' }
  | { how: 'unused' }
  | { how: 'keep' };

export interface GiveBack {
  cause: 'unsent' | 'quota' | 'transient' | 'unknown' | 'consumer';
  code: string;
  message: string;
  dueInMs: number;
  /** The call surely had no effect: it was answered so, or never left. */
  hadNoEffect?: boolean;
}

/** What becomes of one item: settled, parked, or moved to the child batch of this number. */
export type ItemOutcome = 'succeeded' | 'absent' | 'alreadyDeleted' | 'failed' | 'cancelled' | 'parked' | number;

export interface Resolution {
  outcomes: readonly ItemOutcome[];
  /** The code and message of failed and parked items, without newline or tab. */
  code?: string;
  message?: string;
  /** What is said of single items in place of the message. */
  itemMessages?: readonly (string | undefined)[];
  children?: {
    /** They wait among the halves, behind retries, and take turns with new items. */
    halves: boolean;
    dueInMs: number;
    halts: number;
    /** An earlier call may have had its effect on them: they are not cancelled any more. */
    unknown: boolean;
  };
}

export type ResolveGuard = { claims: string } | { reference: string } | { look: string };

/** How the call of a batch ended, where its slot is to be freed with it. */
export interface CallEnd {
  slot: string;
  as: SlotRelease;
  /** As in `GiveBack`. */
  hadNoEffect?: boolean;
}

const outcomeLetters = {
  succeeded: 's',
  absent: 'a',
  alreadyDeleted: 'd',
  failed: 'f',
  cancelled: 'c',
  parked: 'p',
} as const;

/** One consumer's line for one kind: each method is one atomic step in Redis. */
export class Lane {
  readonly kind: Kind;
  readonly keys: ConsumerKeys;
  readonly options: LaneOptions;

  constructor(keys: ConsumerKeys, kind: Kind, options: LaneOptions) {
    this.keys = keys;
    this.kind = kind;
    this.options = options;
  }

  /**
   * Takes a slot and up to 50 items. The same claim id gets the same batch again. A full batch may take a slot up to `aheadMs`
   * before it is free, and is then not to be sent before its time.
   */
  async claim(claimId: string, aheadMs = 0): Promise<ClaimAnswer> {
    const { quota, deadlineMs, fingerprint } = this.options;
    const guardMs = longestSendGapMs + deadlineMs + lateMs + quota.windowMs;
    const limits = [quota.calls, quota.windowMs, guardMs, claimLeaseMs, maxItemsPerBatch, maxBatchBytes];
    const { approvalOver = '', holdWindowMs, deletionsPerDay = '' } = this.options.guards ?? noGuards;
    const guarded = [approvalOver, holdWindowMs, deletionsPerDay];
    const args = [this.kind, claimId, ...limits, fingerprint, probeMs, aheadMs, ...guarded];
    return parseClaimAnswer(this.keys, await scripts.claim.runBuffer(this.keys.redis, [this.keys.base], args));
  }

  /** Checks that lease, batch and lane still stand, right before the call. */
  async beginSend(claim: Claim): Promise<SendPermit> {
    const { fingerprint, quota, exclusive = false } = this.options;
    const deadlineMs = this.options.deadlineMs + longestSendGapMs;
    const limits = [fingerprint, deadlineMs, lateMs, quota.windowMs, exclusive ? 1 : 0];
    const [is, ...rest] = parseStrings(await this.#run('beginSend', [claim.batch, claim.claims, ...limits]));
    if (is === 'go') return { is, attempt: rest[0] ?? '' };
    if (is === 'cancelled') return { is, requests: rest };
    const [reason] = rest;
    return { is: 'no', reason: reason === 'stopped' || reason === 'quota' ? reason : 'lease' };
  }

  /** Records the job reference; `false` when a newer attempt has begun. */
  async recordReference(
    claim: Claim,
    attempt: string,
    reference: string,
    timing: { msSinceHeaders: number; firstPollMs: number },
  ): Promise<boolean> {
    const { msSinceHeaders, firstPollMs } = timing;
    const { quota, fingerprint } = this.options;
    const args = [
      claim.batch,
      attempt,
      claim.slot,
      reference,
      msSinceHeaders,
      quota.windowMs,
      firstPollMs,
      fingerprint,
    ];
    return (await this.#run('recordReference', args)) === 1;
  }

  /** Puts the batch back in line with the same members; `false` when it has moved on. */
  async giveBack(claim: Claim, slot: SlotRelease, back: GiveBack): Promise<boolean> {
    const args = [claim.batch, claim.claims, claim.slot, ...this.#slotArguments(slot), back.cause, back.code];
    const { fingerprint } = this.options;
    const noEffect = back.hadNoEffect ? 1 : 0;
    const rest = [oneLine(back.message), Math.round(back.dueInMs), fingerprint, probeMs, noEffect];
    return (await this.#run('giveBack', [...args, ...rest])) === 1;
  }

  /**
   * Writes every item's outcome and closes the batch; answers with the requests that this finished, or `undefined` when it
   * was done before, or the guard does not hold.
   */
  async resolve(
    batch: string,
    guard: ResolveGuard,
    resolution: Resolution,
    release?: CallEnd,
  ): Promise<string[] | undefined> {
    const [guardArguments = []] = Object.entries(guard);
    const { outcomes, code = '', message = '', itemMessages = [], children } = resolution;
    const leaves = await this.#leaves(batch, outcomes);
    const reply = parseStrings(
      await this.#run('resolve', [
        batch,
        ...guardArguments,
        release?.slot ?? '',
        ...this.#slotArguments(release?.as ?? { how: 'keep' }),
        oneLine(code),
        oneLine(message),
        this.options.retentionMs,
        children?.halves ? 1 : 0,
        Math.round(children?.dueInMs ?? 0),
        children?.halts ?? 0,
        children?.unknown ? 1 : 0,
        release?.hadNoEffect ? 1 : 0,
        ...outcomes.map((outcome) => (typeof outcome === 'number' ? outcome : outcomeLetters[outcome])),
        leaves,
        this.options.fingerprint,
        ...itemMessages.map((own = '') => oneLine(own)),
      ]),
    );
    return reply[0] === '1' ? reply.slice(1) : undefined;
  }

  /** Sends that succeeded in this lane so far, and how many bad items it has lately had. */
  async health(): Promise<{ successes: number; badItems: number }> {
    const [successes, bad] = await this.keys.redis.hmget(laneKey(this.keys, this.kind), 'successes', 'bad');
    return { successes: Number(successes ?? 0), badItems: Number(bad ?? 0) };
  }

  /** What proves later that a session is gone, or takes that back, for requests under evidence. A batch's members are fixed (invariant 4). */
  async #leaves(batch: string, outcomes: readonly ItemOutcome[]): Promise<Buffer> {
    const isSettled = (position: number) => typeof outcomes[position] === 'string';
    if (this.kind !== 'deletion' || !outcomes.some((_, position) => isSettled(position))) return Buffer.alloc(0);
    return await saltedLeaves(this.keys, batch, isSettled);
  }

  #slotArguments(release: SlotRelease): ScriptArgument[] {
    return slotArguments(release, this.options.quota);
  }

  #run(name: keyof typeof scripts, args: ScriptArgument[]): Promise<unknown> {
    return scripts[name].run(this.keys.redis, [this.keys.base], args);
  }
}

/** How a script takes what a call says of its slot. */
export function slotArguments(release: SlotRelease, { windowMs }: QuotaLimits): ScriptArgument[] {
  const ms = release.how === 'anchor' ? release.msSinceHeaders : release.how === 'late' ? lateMs : 0;
  return [release.how, ms, windowMs];
}

function parseStrings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** Codes and messages lie in lists as one line each. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\t\n\r]/g, ' ');
}
