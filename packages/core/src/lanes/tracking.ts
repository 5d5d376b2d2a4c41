import type { ScriptArgument } from '../redis/script.ts';
import { kindSchema } from '../requests/request.ts';
import { type Batch, sharesOf } from './batch.ts';
import type { ConsumerKeys } from './keys.ts';
import { lateMs, type QuotaLimits } from './lane.ts';
import { consumerScript } from './script-files.ts';

const claimPollScript = consumerScript(new URL('./claim-poll.lua', import.meta.url));
const recordPollScript = consumerScript(new URL('./record-poll.lua', import.meta.url));

/** Most references whose jobs fit into one answer of /jobs (its page limit). */
export const maxReferencesPerPoll = 50;

/** A reference to ask for, with what is needed to close its batch. */
export interface DueReference extends Pick<Batch, 'id' | 'kind' | 'ignoring' | 'halts' | 'size' | 'shares'> {
  reference: string;
  ageMs: number;
  /** How long ago it was to be asked for. */
  overdueMs: number;
  /** A job of its lane has completed since it was submitted: not all of Learnosity's jobs halt. */
  othersComplete: boolean;
}

export type PollClaim =
  | { is: 'poll'; due: DueReference[] }
  | { is: 'wait'; ms: number }
  | { is: 'empty'; ms: number | undefined };

/** Takes a slot of the jobs endpoint and up to 50 due references of a consumer, of both kinds. */
export async function claimPoll(
  keys: ConsumerKeys,
  pollId: string,
  options: { quota: QuotaLimits; deadlineMs: number; spacingMs: number },
): Promise<PollClaim> {
  const leaseMs = options.deadlineMs + lateMs;
  const guardMs = leaseMs + options.quota.windowMs;
  const { calls, windowMs } = options.quota;
  const args = [pollId, calls, windowMs, guardMs, leaseMs, maxReferencesPerPoll, options.spacingMs];
  const reply = await claimPollScript.run(keys.redis, [keys.base], args);
  const [is, ...rest]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is === 'wait') return { is, ms: Number(rest[0]) };
  if (is !== 'poll') return { is: 'empty', ms: Number(rest[0]) < 0 ? undefined : Number(rest[0]) };
  return { is, due: rest.map(dueReference) };
}

function dueReference(row: unknown): DueReference {
  const texts = Array.isArray(row) ? row.map(String) : [];
  const [id = '', reference = '', kind, age, ignoring, halts, size, shares = '', others, overdue] = texts;
  return {
    id,
    reference,
    kind: kindSchema.parse(kind),
    ageMs: Number(age),
    overdueMs: Number(overdue),
    ignoring: ignoring === '1',
    halts: Number(halts),
    size: Number(size),
    shares: sharesOf(shares),
    othersComplete: others === '1',
  };
}

export type PollRelease = { how: 'anchor'; msSinceHeaders: number } | { how: 'late' } | { how: 'unused' };

/** Frees a poll's slot, and says in how many ms each unfinished batch is to be asked for again. */
export async function recordPoll(
  keys: ConsumerKeys,
  pollId: string,
  release: PollRelease & { windowMs: number; overQuota?: boolean },
  dueIn: ReadonlyMap<string, number>,
): Promise<void> {
  const ms = release.how === 'anchor' ? release.msSinceHeaders : release.how === 'late' ? lateMs : 0;
  const args: ScriptArgument[] = [pollId, release.how, ms, release.windowMs, release.overQuota ? 1 : 0];
  for (const [batch, wait] of dueIn) args.push(batch, Math.round(wait));
  await recordPollScript.run(keys.redis, [keys.base], args);
}
