import type { DeadlineState } from '@session-queue/core';

/** The list of the open requests that are at risk of missing their deadline, or have missed it. */
export function deadlinePath(deadline: DeadlineState): string {
  return `/deadlines?deadline=${deadline}`;
}

/** How they are called. */
export const deadlineTitles = {
  'at-risk': 'Requests at risk',
  missed: 'Requests behind their deadline',
} as const satisfies Record<DeadlineState, string>;
