import { isoTime } from '../requests/iso-time.ts';
import { finalStates, type ItemCounts, type RequestState } from '../requests/request.ts';

/** `waiting`: some are still to be asked for; `done`; `none`: no session of it was seen before, so that none can be verified. */
export const verificationStates = ['waiting', 'done', 'none'] as const;

/** Whether Learnosity really shows no more of what a deletion has deleted. Times are ISO 8601, UTC. */
export interface Verification extends Required<VerificationCounts> {
  state: (typeof verificationStates)[number];
  /** Gone sessions that are still to be asked for. */
  waiting: number;
  /** Verified ones that a later sample found at Learnosity again. */
  reappeared: number;
  /** When Learnosity was last asked. */
  checkedAt?: string;
}

/** Parts of succeeded, in no sum; those of a deletion with any. */
export type VerificationCounts = Pick<ItemCounts, 'verified' | 'unverifiable' | 'stillThere'>;

/** What a deletion's record says of its verification; `undefined` of any other, and while nothing of it is deleted. */
export function verificationOf(record: Record<string, string>, state: RequestState): Verification | undefined {
  const count = (field: string) => Number(record[field] ?? 0);
  const succeeded = count('succeeded');
  if (record.kind !== 'deletion' || succeeded === 0) return undefined;
  const [seen, verified, stillThere] = [count('seen'), count('verified'), count('stillThere')];
  // Never seen before, or Learnosity never said. What an earlier request had deleted is counted there.
  const unverifiable = Math.max(0, succeeded - count('alreadyDeleted') - seen) + count('unasked');
  const waiting = seen - verified - stillThere - count('unasked');
  const isWaiting = waiting > 0 || (seen > 0 && !finalStates.has(state));
  return {
    state: isWaiting ? 'waiting' : seen > 0 ? 'done' : 'none',
    waiting,
    verified,
    unverifiable,
    stillThere,
    reappeared: count('reappeared'),
    ...(record.checkedAt !== undefined && { checkedAt: isoTime(record.checkedAt) }),
  };
}
