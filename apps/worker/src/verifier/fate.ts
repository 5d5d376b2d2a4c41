import type { VerificationSettings } from '@session-queue/core';
import type { Fate, Piece } from '@session-queue/core/engine';

/** The longest time from one look to the next. */
const longestMs = 3_600_000;

/**
 * What becomes of gone sessions that Learnosity still shows. They are asked for again when twice as much time has passed, at most an hour
 * later; after half of the time they are deleted again, and once that has been as long ago as well, they are reported.
 */
export function fateOf(
  { ageMs, deletedAgain }: Pick<Piece, 'ageMs' | 'deletedAgain'>,
  { afterMs, forMs }: Pick<VerificationSettings, 'afterMs' | 'forMs'>,
): { fate: Fate; nextMs: number } {
  const leftMs = forMs / 2 - ageMs;
  if (leftMs <= 0) return { fate: deletedAgain ? 'stillThere' : 'again', nextMs: 0 };
  return { fate: 'wait', nextMs: Math.min(leftMs, Math.max(afterMs, Math.min(ageMs, longestMs))) };
}
