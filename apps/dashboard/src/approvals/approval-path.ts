import type { KeptBackFor } from '@session-queue/core/engine';

/** The list of the deletions that wait for a second person, or are in their hold window. */
export function approvalPath(what: KeptBackFor): string {
  return what === 'approval' ? '/approvals' : `/approvals?for=${what}`;
}

/** How they are called. */
export const approvalTitles = {
  approval: 'Deletions that wait for approval',
  'hold-window': 'Deletions in their hold window',
} as const satisfies Record<KeptBackFor, string>;
