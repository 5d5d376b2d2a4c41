import { type KeptBackFor, keptBackDeletions } from '@session-queue/core/engine';
import { type FirstRequests, firstRequests, type RequestSources } from '../requests/first-requests.ts';

/** Those asked for first, or those whose window ends first. */
export interface ApprovalList extends FirstRequests {
  what: KeptBackFor;
}

/** The deletions of all consumers that wait for approval, or are in their hold window. */
export async function readApprovals(sources: RequestSources, what: KeptBackFor): Promise<ApprovalList> {
  const found = await firstRequests(sources, async (keys, most) => await keptBackDeletions(keys, what, most));
  const state = what === 'approval' ? 'waiting' : 'accepted';
  return { ...found, what, requests: found.requests.filter((view) => view.state === state) };
}
