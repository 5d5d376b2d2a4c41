import { expect } from '@jest/globals';
import type { Claim } from '../../src/lanes/claim-answer.ts';
import type { ItemOutcome, Lane } from '../../src/lanes/lane.ts';
import { SessionPrints } from '../../src/tombstones/session-prints.ts';
import { lookAtDeletion } from '../../src/tombstones/tombstones.ts';
import { Lab } from '../lanes/lab.ts';

const key = 'a key of tests that is long enough';

const quota = { calls: 50, windowMs: 5 };

/** Both lanes of a consumer whose deletions leave tombstones. */
export class TombstoneLab {
  readonly lanes: Lab;

  static async start(): Promise<TombstoneLab> {
    return new TombstoneLab(await Lab.start());
  }

  constructor(lanes: Lab) {
    this.lanes = lanes;
  }

  get deletion(): Lane {
    return this.lanes.lane('deletion', { quota });
  }

  get resubmission(): Lane {
    return this.lanes.lane('resubmission', { quota });
  }

  /** How a worker looks at what it is about to send. */
  get look(): { retentionMs: number; prints: SessionPrints } {
    return { retentionMs: 60_000, prints: new SessionPrints(key, this.lanes.keys.consumer) };
  }

  async tombstones(): Promise<number> {
    return Number((await this.lanes.redis.hget(`${this.lanes.keys.base}tombstones`, 'entries')) ?? 0);
  }

  async resending(): Promise<number> {
    return await this.lanes.redis.zcard(`${this.lanes.keys.base}tombstones:resending`);
  }

  async claimDeletion(request: string, sessionIds: string[]): Promise<Claim> {
    await this.lanes.request(request, sessionIds);
    return await this.lanes.claim(this.deletion, `batch of ${request}`);
  }

  async claimResubmission(request: string, submissions: string[]): Promise<Claim> {
    await this.lanes.request(request, submissions, 'resubmission');
    return await this.lanes.claim(this.resubmission, `batch of ${request}`);
  }

  /** Sends a batch, and lets its items end so. */
  async end(lane: Lane, claim: Claim, outcomes: ItemOutcome[]): Promise<void> {
    const permit = await lane.beginSend(claim);
    if (permit.is !== 'go') throw new Error(permit.is);
    await lane.recordReference(claim, permit.attempt, claim.batch, { msSinceHeaders: 0, firstPollMs: 60_000 });
    await lane.resolve(claim.batch, { reference: claim.batch }, { outcomes });
  }

  /** Deletes sessions that nobody knows. */
  async deleted(sessionIds: string[], outcomes: ItemOutcome[] = sessionIds.map(() => 'succeeded')): Promise<void> {
    const claim = await this.claimDeletion('first', sessionIds);
    expect(await lookAtDeletion(this.lanes.keys, claim, sessionIds, this.look)).toEqual(new Map());
    await this.end(this.deletion, claim, outcomes);
  }

  async stop(): Promise<void> {
    await this.lanes.stop();
  }
}

/** A failed submission of a session. */
export function submission(id: string, text = ''): string {
  return Buffer.from(JSON.stringify({ session_id: id, text })).toString('base64');
}
