import { batchKey, laneKey } from '../../src/lanes/keys.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { claimLook, type Look, type LookClaim, lookTimesFor, loseBatch } from '../../src/lanes/looking.ts';
import type { Lab } from './lab.ts';

const deadlineMs = 10_000;
export const times = lookTimesFor(deadlineMs);
const quota = { calls: 1_000, windowMs: 1_000 };
const longAgoMs = 3_000_000;
const slot = { how: 'late' } as const;

/** A lane of resubmissions whose key nobody else uses, with calls that are lost and time that can be let go by. */
export class LostLab {
  readonly lab: Lab;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  lane(exclusive = true): Lane {
    return this.lab.lane('resubmission', { quota, deadlineMs, exclusive });
  }

  /** Begins a call of three submissions of its own. */
  async begin(id: string, { ignoring = false, lane = this.lane() } = {}) {
    const items = [0, 1, 2].map((i) => Buffer.from(`${id} ${i}`).toString('base64'));
    await this.lab.request(`request-${id}`, items, 'resubmission', ignoring);
    await this.lab.redis.hdel(laneKey(this.lab.keys, 'resubmission'), 'claimedAt');
    return await this.beginAgain(id, lane);
  }

  /** Begins the call of whatever is in line. */
  async beginAgain(id: string, lane = this.lane()) {
    const claim = await this.lab.claim(lane, id);
    const permit = await lane.beginSend(claim);
    if (permit.is !== 'go') throw new Error(`begin-send answered ${JSON.stringify(permit)}`);
    const record = (reference: string, attempt = permit.attempt) =>
      lane.recordReference(claim, attempt, reference, { msSinceHeaders: 0, firstPollMs: 0 });
    const lose = () => loseBatch(lane, claim, slot, { code: 'DEADLINE', message: 'no answer', times });
    return { claim, attempt: permit.attempt, record, lose };
  }

  /** A lane that has sent for long: all its calls are known, and so are the types of its jobs. */
  async wellKnown(types: { resubmission?: string; deletion?: string } = {}): Promise<void> {
    await (await this.begin('first')).record('reference first');
    await this.letGoBy(longAgoMs);
    const { resubmission = 'failed_submission', deletion = 'session_deletion' } = types;
    if (resubmission !== '') await this.lab.redis.hset(laneKey(this.lab.keys, 'resubmission'), 'jobType', resubmission);
    if (deletion !== '') await this.lab.redis.hset(laneKey(this.lab.keys, 'deletion'), 'jobType', deletion);
  }

  /** Time goes by for all that is known of calls: Redis's clock stays. */
  async letGoBy(ms: number): Promise<void> {
    const { redis, base } = this.lab.keys;
    for (const set of ['attempts', 'references', 'lost']) {
      const flat = await redis.zrange(`${base}${set}`, '0', '-1', 'WITHSCORES');
      for (let i = 0; i < flat.length; i += 2) {
        if (flat[i + 1] !== 'inf') await redis.zincrby(`${base}${set}`, -ms, flat[i] ?? '');
      }
    }
    for (const field of ['notedAt', 'notedSince']) {
      const moment = await redis.hget(`${base}quota`, field);
      if (moment !== null) await redis.hset(`${base}quota`, field, Number(moment) - ms);
    }
  }

  async claimLook(of?: Look, exclusive = true): Promise<LookClaim> {
    return await claimLook(this.lab.keys, { quota, deadlineMs, times, exclusive }, of);
  }

  /** The look that is let through. */
  async look(): Promise<Look> {
    const claim = await this.claimLook();
    if (claim.is !== 'look') throw new Error(`the look answered ${JSON.stringify(claim)}`);
    return claim.look;
  }

  async attempts(): Promise<string[]> {
    const { redis, base } = this.lab.keys;
    return (await redis.zrange(`${base}attempts`, '0', '-1')).filter((name) => name !== 'anchor');
  }

  async record(id: string): Promise<Record<string, string>> {
    return await this.lab.redis.hgetall(batchKey(this.lab.keys, id));
  }
}
