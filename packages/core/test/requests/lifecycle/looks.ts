import { laneKey } from '../../../src/lanes/keys.ts';
import type { Lane } from '../../../src/lanes/lane.ts';
import { attachJob, claimLook, endLook, type Look, type LookTimes, readRecorded } from '../../../src/lanes/looking.ts';

export const lookTimes: LookTimes = { sendMs: 4_000, skewMs: 4_000, strayMs: 50_000, againMs: [] };
/** More than it takes until a job may be looked for. */
const passesMs = 20_000;
const deadlineMs = 10_000;
const quota = { calls: 1_000, windowMs: 1 };

/** What the jobs of this Learnosity are: one for each call that arrived, whoever heard of it. */
export class Jobs {
  readonly #madeAt = new Map<string, number>();

  /** A call arrives at once, if at all. */
  make(reference: string, now: number): void {
    if (!this.#madeAt.has(reference)) this.#madeAt.set(reference, now);
  }

  has(reference: string): boolean {
    return this.#madeAt.has(reference);
  }

  letTimePass(): void {
    for (const [reference, at] of this.#madeAt) this.#madeAt.set(reference, at - passesMs);
  }

  between(from: number, to: number): string[] {
    return [...this.#madeAt].filter(([, at]) => at >= from && at <= to).map(([reference]) => reference);
  }
}

/** A lane that has worked for long: the types of its jobs are learnt, and all its calls are noted. */
export async function knowAll({ keys }: Lane): Promise<void> {
  await keys.redis.hset(`${keys.base}quota`, 'notedAt', Date.now(), 'notedSince', 0);
  for (const set of ['attempts', 'references']) await keys.redis.zadd(`${keys.base}${set}`, '+inf', 'anchor');
  await keys.redis.hset(laneKey(keys, 'resubmission'), 'jobType', 'a');
  await keys.redis.hset(laneKey(keys, 'deletion'), 'jobType', 'b');
}

/** All that is known of calls grows older. */
export async function ageCalls({ redis, base }: Lane['keys']): Promise<void> {
  for (const set of ['attempts', 'references', 'lost']) {
    const flat = await redis.zrange(`${base}${set}`, '0', '-1', 'WITHSCORES');
    for (const [i, member] of flat.entries()) {
      if (i % 2 === 0 && flat[i + 1] !== 'inf') await redis.zincrby(`${base}${set}`, -passesMs, member);
    }
  }
  if (await redis.hexists(`${base}quota`, 'notedSince')) await redis.hincrby(`${base}quota`, 'notedSince', -passesMs);
}

/** The reference that a look has attached, or what it has done without. */
export type Looked = { is: 'attached'; batch: string; attempt: string; reference: string } | { is: 'over' | 'nothing' };

/** Looks as a worker does: for the job that is due first, at every job that was made then. */
export async function lookForJob(lane: Lane, jobs: Jobs): Promise<Looked> {
  const { keys } = lane;
  const claim = await claimLook(keys, { quota, deadlineMs, times: lookTimes, exclusive: true });
  if (claim.is === 'doubt') return await giveUp(lane, claim.look);
  if (claim.is !== 'look') return { is: 'nothing' };
  const { look } = claim;
  const { sendMs, skewMs } = lookTimes;
  const made = jobs.between(look.beganAt - skewMs, look.beganAt + sendMs + skewMs);
  const recorded = await readRecorded(keys, made);
  const [reference, ...others] = made.filter((one) => !recorded.has(one));
  if (reference === undefined || others.length > 0) return await giveUp(lane, look);
  const attached = await attachJob(keys, look, reference, { times: lookTimes, firstPollMs: 0 });
  if (!attached) throw new Error('what was unmistakable a moment ago is not');
  return { is: 'attached', batch: look.batch.id, attempt: look.attempt, reference };
}

async function giveUp(lane: Lane, look: Pick<Look, 'id' | 'batch'>): Promise<Looked> {
  if (look.batch.ignoring) {
    const outcomes = Array.from({ length: look.batch.size }, () => 'parked' as const);
    await lane.resolve(look.batch.id, { look: look.id }, { outcomes, code: 'code', message: 'none' });
  } else await endLook(lane.keys, look, 'send', 0);
  return { is: 'over' };
}
