import { type DeadlineState, deadlineStateOf, kinds } from '@session-queue/core';
import { earliestDeadlines } from '@session-queue/core/engine';
import { type FirstRequests, firstRequests, type RequestSources } from '../requests/first-requests.ts';

/** The earliest deadline first. */
export interface DeadlineList extends FirstRequests {
  deadline: DeadlineState;
}

/** The open requests that are at risk, or have missed their deadline, of all consumers. */
export async function readDeadlines(sources: RequestSources, deadline: DeadlineState): Promise<DeadlineList> {
  const found = await firstRequests(sources, async (keys, most) => {
    return (await Promise.all(kinds.map((kind) => earliestDeadlines(keys, kind, deadline, most)))).flat();
  });
  const requests = found.requests
    .filter((view) => deadlineStateOf(view) === deadline)
    .toSorted((one, other) => (one.deadline ?? '').localeCompare(other.deadline ?? ''));
  return { ...found, deadline, requests };
}
