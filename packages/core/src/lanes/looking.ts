import { randomUUID } from 'node:crypto';
import { type Batch, batchOf, fieldsOf } from './batch.ts';
import type { Claim } from './claim-answer.ts';
import type { ConsumerKeys } from './keys.ts';
import {
  type Lane,
  lateMs,
  longestSendGapMs,
  oneLine,
  type QuotaLimits,
  type SlotRelease,
  slotArguments,
} from './lane.ts';
import { consumerScript } from './script-files.ts';

const looks = new URL('./shared/looks.lua', import.meta.url);
const scripts = {
  lose: consumerScript(new URL('./lose.lua', import.meta.url)),
  claimLook: consumerScript(looks, new URL('./claim-look.lua', import.meta.url)),
  attach: consumerScript(looks, new URL('./attach.lua', import.meta.url)),
  endLook: consumerScript(new URL('./end-look.lua', import.meta.url)),
};

/** What a look counts on. */
export interface LookTimes {
  /** How long after its beginning a call arrives at the latest. */
  sendMs: number;
  /** How far Learnosity's clock may be from Redis's, either way. */
  skewMs: number;
  /** How long after its beginning an unanswered call may still make a job; and so long a look may come after. */
  strayMs: number;
  /** What ignores revisions is looked for again so long after each look that found nothing: references may show late. */
  againMs: readonly number[];
}

export function lookTimesFor(deadlineMs: number): LookTimes {
  return {
    sendMs: longestSendGapMs + deadlineMs + lateMs,
    skewMs: 30_000,
    strayMs: 10 * 60_000,
    againMs: [30_000, 90_000],
  };
}

/** So long a replica whose consumer is not exclusive leaves a lost batch to those whose is. */
const othersFirstMs = 60_000;

/** When the job of a call that began now may be looked for: every other call that matters then is recorded, or lost itself. */
export function lookAfterMs({ sendMs, skewMs }: LookTimes): number {
  return 2 * (sendMs + skewMs);
}

/** Why a job could be mistaken for another's; see shared/looks.lua. `undeclared`: the consumer is not exclusive here. */
export const lookDoubts = ['late', 'incomplete', 'types', 'others', 'undeclared'] as const;
export type LookDoubt = (typeof lookDoubts)[number];

/** The right to look for the job of a lost batch. */
export interface Look {
  id: string;
  batch: Batch;
  attempt: string;
  /** When the call began, and when the look was claimed: Redis's time in ms. */
  beganAt: number;
  claimedAt: number;
  /** The type of the jobs that resubmissions make. */
  jobType: string;
  /** The name of the slot of the jobs endpoint for one page. */
  slot: string;
}

export type LookClaim =
  | { is: 'look'; look: Look }
  | { is: 'doubt'; why: LookDoubt; look: Pick<Look, 'id' | 'batch' | 'attempt'> }
  /** Somebody else looks for it, or it is lost no more. */
  | { is: 'gone' }
  | { is: 'wait'; ms: number }
  | { is: 'empty'; ms: number | undefined };

export interface LookLimits {
  quota: QuotaLimits;
  deadlineMs: number;
  times: LookTimes;
  exclusive: boolean;
}

/**
 * Sets a resubmission aside whose call has an unknown outcome, so that its job is looked for. `moved on`: only its slot was released.
 * `not noted`: its call was not, and nothing has changed.
 */
export async function loseBatch(
  lane: Lane,
  claim: Claim,
  slot: SlotRelease,
  reason: { code: string; message: string; times: LookTimes },
): Promise<'lost' | 'moved on' | 'not noted'> {
  const { quota, fingerprint } = lane.options;
  const args = [claim.batch, claim.claims, claim.slot, ...slotArguments(slot, quota), oneLine(reason.code)];
  const rest = [oneLine(reason.message), fingerprint, lookAfterMs(reason.times)];
  const reply = await scripts.lose.run(lane.keys.redis, [lane.keys.base], [...args, ...rest]);
  return reply === 1 ? 'lost' : reply === 0 ? 'moved on' : 'not noted';
}

/** Takes the right to look for the job that is due first, or to go on with a look, and a slot for one page. */
export async function claimLook(keys: ConsumerKeys, limits: LookLimits, of?: Look): Promise<LookClaim> {
  const id = of?.id ?? randomUUID();
  const slot = randomUUID();
  const { quota, times, exclusive } = limits;
  const leaseMs = limits.deadlineMs + lateMs;
  const args = [id, slot, of?.batch.id ?? '', quota.calls, quota.windowMs, leaseMs + quota.windowMs, leaseMs];
  const rest = [times.sendMs, times.skewMs, times.strayMs, exclusive ? 1 : 0, othersFirstMs];
  const reply = await scripts.claimLook.run(keys.redis, [keys.base], [...args, ...rest]);
  const [is, ...answer]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is === 'wait') return { is, ms: Number(answer[0]) };
  if (is === 'gone') return { is };
  if (is !== 'look' && is !== 'doubt')
    return { is: 'empty', ms: Number(answer[0]) < 0 ? undefined : Number(answer[0]) };
  const batch = batchOf(keys, String(answer[0]), fieldsOf(answer.at(-1)));
  if (batch === undefined) throw new Error(`the lost batch ${String(answer[0])} has no record`);
  const attempt = String(answer[1]);
  if (is === 'doubt') {
    const why = lookDoubts.find((one) => one === answer[2]) ?? 'incomplete';
    return { is, why, look: { id, batch, attempt } };
  }
  const [, , beganAt, jobType, claimedAt] = answer;
  const look = { id, batch, attempt, beganAt: Number(beganAt), claimedAt: Number(claimedAt) };
  return { is, look: { ...look, jobType: String(jobType), slot } };
}

/** Which of these jobs no answer has told of, and when the others were recorded (Redis's time in ms). */
export async function readRecorded(keys: ConsumerKeys, references: readonly string[]): Promise<Map<string, number>> {
  const recorded = new Map<string, number>();
  for (let from = 0; from < references.length; from += 500) {
    const some = references.slice(from, from + 500);
    const scores = await keys.redis.zmscore(`${keys.base}references`, ...some);
    for (const [i, reference] of some.entries()) {
      const score = scores[i];
      if (typeof score === 'string') recorded.set(reference, Number(score));
    }
  }
  return recorded;
}

/** The jobs that answers told of between two moments of Redis's time. */
export async function recordedBetween(keys: ConsumerKeys, from: number, to: number): Promise<string[]> {
  return await keys.redis.zrangebyscore(`${keys.base}references`, from, to);
}

/** Gives a lost batch the job that was found for it; `false` when it is not unmistakable any more, or the batch has moved on. */
export async function attachJob(
  keys: ConsumerKeys,
  { id, batch, attempt }: Look,
  reference: string,
  { times, firstPollMs }: { times: LookTimes; firstPollMs: number },
): Promise<boolean> {
  const args = [batch.id, attempt, id, reference, firstPollMs, times.sendMs, times.skewMs, times.strayMs];
  return (await scripts.attach.run(keys.redis, [keys.base], args)) === 1;
}

/**
 * Ends a look without a job: `again` it is made once more, `later` as well and it counts, `send` the batch goes back in line with its
 * unknown outcome. `false` when another look has it, or it is lost no more.
 */
export async function endLook(
  keys: ConsumerKeys,
  { id, batch }: Pick<Look, 'id' | 'batch'>,
  how: 'again' | 'later' | 'send',
  ms: number,
): Promise<boolean> {
  return (await scripts.endLook.run(keys.redis, [keys.base], [batch.id, id, how, Math.round(ms)])) === 1;
}
