import type { ItemCounts, RequestView } from '@session-queue/core';

const requestFields = [
  'id',
  'kind',
  'consumer',
  'state',
  'counts',
  'skipped',
  'priority',
  'createdAt',
  'force',
  'unreadable',
  'notBefore',
  'deadline',
  'atRisk',
  'missed',
  'finishedAt',
  'reason',
  'requestedBy',
  'selection',
  'keyName',
  'requireApproval',
  'approvedBy',
  'approvedAt',
  'approvalReason',
  'startsAt',
  'revoked',
  'waiting',
  'callbackUrl',
  'callback',
  'retried',
  'verification',
  'error',
  'laneStopped',
  'allStopped',
] as const satisfies (keyof RequestView)[];

/** A request as every answer shows it, that of a 202 too: these fields, in this order. */
export function presentRequest(view: RequestView): RequestView {
  const shown: Partial<Record<(typeof requestFields)[number], unknown>> = {};
  for (const name of requestFields) if (view[name] !== undefined) shown[name] = view[name];
  shown.counts = presentCounts(view.counts);
  return shown as RequestView;
}

/** The address of a request. */
export function requestPath(id: string): string {
  return `/v1/requests/${encodeURIComponent(id)}`;
}

function presentCounts(counts: ItemCounts): ItemCounts {
  const { total, duplicates, pending, claimed, submitted, parked } = counts;
  const { succeeded, absent, alreadyDeleted, failed, cancelled, resent } = counts;
  const { verified, unverifiable, stillThere } = counts;
  const open = { total, duplicates, pending, claimed, submitted, parked };
  const ended = { succeeded, absent, alreadyDeleted, failed, cancelled };
  return {
    ...open,
    ...ended,
    resent,
    ...(verified !== undefined && { verified }),
    ...(unverifiable !== undefined && { unverifiable }),
    ...(stillThere !== undefined && { stillThere }),
  };
}
