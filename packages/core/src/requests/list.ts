import type { ConsumerKeys } from '../lanes/keys.ts';
import { newestFirst } from './newest-first.ts';
import { deadlineStateOf, type RequestFilter, type RequestsPage, type RequestView } from './request.ts';
import { readRequest } from './view.ts';

/** A page of the requests of some consumers, the newest first. `next` is where the page before ended. */
export async function listRequests(
  consumers: readonly ConsumerKeys[],
  filter: RequestFilter,
  page: { limit: number; next?: string | undefined },
): Promise<RequestsPage> {
  const fits = (view: RequestView): boolean => isOf(view, filter);
  const { found, ...more } = await newestFirst(consumers, { set: 'requests', read: readRequest, fits }, filter, page);
  return { requests: found, ...more };
}

function isOf(view: RequestView, { kind, state, requestedBy, deadline }: RequestFilter): boolean {
  return (
    (kind === undefined || view.kind === kind) &&
    (state === undefined || view.state === state) &&
    (requestedBy === undefined || view.requestedBy === requestedBy) &&
    (deadline === undefined || deadlineStateOf(view) === deadline)
  );
}
