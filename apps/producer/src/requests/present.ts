import type { ItemCounts, RequestView } from '@session-queue/core';

/** A request as `GET /v1/requests/{id}` shows it: these fields, in this order. */
export function presentRequest(view: RequestView): RequestView {
  const { id, kind, consumer, state, counts, createdAt } = view;
  const { finishedAt, reason, requestedBy, error, laneStopped, allStopped } = view;
  return {
    id,
    kind,
    consumer,
    state,
    counts: presentCounts(counts),
    createdAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(reason === undefined ? {} : { reason }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(error === undefined ? {} : { error }),
    ...(laneStopped === undefined ? {} : { laneStopped }),
    ...(allStopped === undefined ? {} : { allStopped }),
  };
}

/** What a 202 tells of the request it has accepted. */
export function presentAccepted(view: RequestView): Pick<RequestView, 'id' | 'kind' | 'consumer' | 'state' | 'counts'> {
  const { id, kind, consumer, state, counts } = view;
  return { id, kind, consumer, state, counts: presentCounts(counts) };
}

/** The address of a request. */
export function requestPath(id: string): string {
  return `/v1/requests/${encodeURIComponent(id)}`;
}

function presentCounts(counts: ItemCounts): ItemCounts {
  const { total, duplicates, pending, claimed, submitted, parked, succeeded, absent, failed, cancelled, resent } =
    counts;
  return { total, duplicates, pending, claimed, submitted, parked, succeeded, absent, failed, cancelled, resent };
}
