import type { LearnosityError } from '@session-queue/core';
import { StrayedWalk, type Walk } from '@session-queue/core/engine';

/** So many times one page cannot be read, over some minutes, and it never will be. */
const mostUnreadable = 10;

/** Whether a page that has failed will fail again, however often a walk asks for it. */
export function isHopeless(error: LearnosityError, { failures }: Pick<Walk, 'failures'>): boolean {
  const { decision, code } = error;
  const isRefused = decision === 'item' || decision === 'absent';
  const isUnreadable = code === 'UNREADABLE' && failures + 1 >= mostUnreadable;
  return isRefused || isUnreadable || error instanceof StrayedWalk;
}
