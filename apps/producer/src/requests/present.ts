import type { ItemCounts, RequestView } from '@session-queue/core';

/** What every answer tells of a request, in this order. */
const acceptedFields = [
  'id',
  'kind',
  'consumer',
  'state',
  'counts',
  'skipped',
] as const satisfies (keyof RequestView)[];
const requestFields = [
  ...acceptedFields,
  'priority',
  'createdAt',
  'notBefore',
  'finishedAt',
  'reason',
  'requestedBy',
  'callbackUrl',
  'callback',
  'retried',
  'error',
  'laneStopped',
  'allStopped',
] as const satisfies (keyof RequestView)[];

/** A request as `GET /v1/requests/{id}` shows it: these fields, in this order. */
export function presentRequest(view: RequestView): RequestView {
  return pick(view, requestFields);
}

/** What a 202 tells of the request it has accepted. */
export function presentAccepted(view: RequestView): Pick<RequestView, (typeof acceptedFields)[number]> {
  return pick(view, acceptedFields);
}

function pick<K extends keyof RequestView>(view: RequestView, names: readonly K[]): Pick<RequestView, K> {
  const shown = { ...view, counts: presentCounts(view.counts) };
  const entries = names.flatMap((name) => (shown[name] === undefined ? [] : [[name, shown[name]]]));
  return Object.fromEntries(entries) as Pick<RequestView, K>;
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
