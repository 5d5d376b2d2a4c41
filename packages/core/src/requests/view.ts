import { readSubmissions } from '../lanes/batch.ts';
import { cappedForToday } from '../lanes/guards.ts';
import { parseHandStop, stoppedByHand } from '../lanes/hand-stop.ts';
import { type ConsumerKeys, laneKey, requestKey } from '../lanes/keys.ts';
import { readHoldWait, readUnresolved } from '../legal-holds/hold-wait.ts';
import { verificationOf } from '../verification/verification-view.ts';
import { isoTime } from './iso-time.ts';
import { unpackSessionId } from './packing.ts';
import {
  type Callback,
  finalStates,
  type ItemCounts,
  type ItemList,
  type ItemReport,
  type ItemsPage,
  type Kind,
  type LaneStop,
  type Priority,
  type RequestState,
  type RequestView,
} from './request.ts';

const countNames = [
  'total',
  'duplicates',
  'pending',
  'claimed',
  'submitted',
  'parked',
  'succeeded',
  'absent',
  'alreadyDeleted',
  'failed',
  'cancelled',
  'resent',
] as const satisfies (keyof ItemCounts)[];

/** Most bytes of items in a page; a submission may have 2 MB. */
const maxPageBytes = 8 * 1024 * 1024;

/** A request as its record says now; `undefined` when it is gone. */
export async function readRequest(keys: ConsumerKeys, id: string): Promise<RequestView | undefined> {
  const record = await keys.redis.hgetall(requestKey(keys, id));
  const view = viewOf(keys, id, record);
  if (view?.state === 'accepted' && record.resolveFrom !== undefined) view.waiting = await readHoldWait(keys);
  const stop = view === undefined || finalStates.has(view.state) ? undefined : await readLaneStop(keys, view.kind);
  if (view !== undefined && stop !== undefined) view.laneStopped = stop;
  return view;
}

/** What a record says of its request; `undefined` of an empty one. */
export function viewOf(keys: ConsumerKeys, id: string, record: Record<string, string>): RequestView | undefined {
  const { kind, state, createdAt, finishedAt, reason, requestedBy, error } = record;
  const { priority = 'normal', notBefore, callbackUrl, retriedAt, retryReason = '', retriedBy, skipped } = record;
  const { deadline, atRisk, missed, selection, force, unreadable } = record;
  if (kind === undefined) return undefined;
  const counts = Object.fromEntries(
    countNames.map((name) => [name, Number(record[name] ?? 0)]),
  ) as unknown as ItemCounts;
  // Until the seal the total is what has arrived, and nothing is in line yet.
  if (state === 'receiving') counts.pending = counts.total;
  const view: RequestView = {
    id,
    kind: kind as Kind,
    consumer: keys.consumer,
    state: state as RequestState,
    counts,
    priority: priority as Priority,
    createdAt: isoTime(createdAt),
  };
  if (force === '1') view.force = true;
  if (unreadable !== undefined) view.unreadable = Number(unreadable);
  if (notBefore !== undefined) view.notBefore = isoTime(notBefore);
  if (deadline !== undefined) view.deadline = isoTime(deadline);
  if (atRisk !== undefined && !finalStates.has(view.state)) view.atRisk = isoTime(atRisk);
  // One that was over before it was asked for: workers note it a moment later.
  const isMissed = missed !== undefined || Number(deadline) < Number(createdAt);
  if (isMissed) view.missed = isoTime(missed ?? deadline);
  if (skipped !== undefined) view.skipped = Number(skipped);
  if (finishedAt !== undefined) view.finishedAt = isoTime(finishedAt);
  if (reason !== undefined) view.reason = reason;
  if (requestedBy !== undefined) view.requestedBy = requestedBy;
  Object.assign(view, guardsOf(record));
  if (selection !== undefined) view.selection = selection;
  if (callbackUrl !== undefined) view.callbackUrl = callbackUrl;
  if (callbackUrl !== undefined && finishedAt !== undefined) view.callback = callbackOf(record, finishedAt);
  if (retriedAt !== undefined) {
    view.retried = { at: isoTime(retriedAt), reason: retryReason, ...(retriedBy !== undefined && { by: retriedBy }) };
  }
  if (error !== undefined) view.error = error;
  const verification = verificationOf(record, view.state);
  if (verification !== undefined) {
    const { verified, unverifiable, stillThere } = verification;
    Object.assign(view, { verification, counts: { ...counts, verified, unverifiable, stillThere } });
  }
  return view;
}

/** Who asked, and what a deletion had to pass before it started. */
function guardsOf(record: Record<string, string>): Partial<RequestView> {
  const { keyName, requireApproval, approvedBy, approvedAt, approvalReason, startsAt } = record;
  const { revokedAt, revokeReason = '', revokedBy } = record;
  return {
    ...(keyName !== undefined && { keyName }),
    ...(requireApproval !== undefined && { requireApproval: true }),
    ...(approvedBy !== undefined && { approvedBy, approvedAt: isoTime(approvedAt) }),
    ...(approvalReason !== undefined && { approvalReason }),
    ...(startsAt !== undefined && { startsAt: isoTime(startsAt) }),
    ...(revokedAt !== undefined && {
      revoked: { at: isoTime(revokedAt), reason: revokeReason, ...(revokedBy !== undefined && { by: revokedBy }) },
    }),
  };
}

/** What is noted of a callback speaks of one end of its request. */
function callbackOf(record: Record<string, string>, finishedAt: string): Callback {
  const { callbackOf: of, callbackState = 'pending', callbackAttempts = '0', callbackAt } = record;
  if (of !== finishedAt) return { state: 'pending', attempts: 0, at: isoTime(finishedAt) };
  return { state: callbackState as Callback['state'], attempts: Number(callbackAttempts), at: isoTime(callbackAt) };
}

/** The id of a request's BullMQ job: its own, but for a plain job that BullMQ numbered. */
export async function readJobId(keys: ConsumerKeys, id: string): Promise<string> {
  return (await keys.redis.hget(requestKey(keys, id), 'job')) ?? id;
}

const listNames = { failed: 'failures', parked: 'parked', stillThere: 'still-there' } as const;

/** A page of a list of a request's items. */
export async function readItems(
  keys: ConsumerKeys,
  view: RequestView,
  state: ItemList,
  page: { from: number; limit: number },
): Promise<ItemsPage> {
  const list = `${requestKey(keys, view.id)}:${listNames[state]}`;
  const entries = await keys.redis.lrangeBuffer(list, page.from, page.from + page.limit - 1);
  const parsed = entries.map(parseEntry);
  const items: ItemReport[] = [];
  let bytes = 0;
  for (const { code, message, packed } of parsed) {
    const descriptor = packed.toString();
    bytes += view.kind === 'deletion' ? packed.length : Number(descriptor.slice(descriptor.indexOf(':') + 1));
    if (items.length > 0 && bytes > maxPageBytes) break;
    const item =
      view.kind === 'deletion'
        ? unpackSessionId(packed)
        : ((await readSubmissions(keys, view.id, [descriptor]))[0] ?? '');
    items.push({ item, code, message });
  }
  const next = page.from + items.length;
  const total = state === 'stillThere' ? stillShown(view) : view.counts[state];
  return items.length > 0 && next < total ? { items, next: String(next) } : { items };
}

/** Those that a sample found at Learnosity again lie in the same list. */
function stillShown({ verification }: RequestView): number {
  return verification === undefined ? 0 : verification.stillThere + verification.reappeared;
}

function parseEntry(entry: Buffer): { code: string; message: string; packed: Buffer } {
  const tab = entry.indexOf(9);
  const newline = entry.indexOf(10);
  return {
    code: entry.toString('utf8', 0, tab),
    message: entry.toString('utf8', tab + 1, newline),
    packed: entry.subarray(newline + 1),
  };
}

/** Why a lane is stopped; `undefined` while it is not. */
export async function readLaneStop(keys: ConsumerKeys, kind: Kind): Promise<LaneStop | undefined> {
  const fields = ['off', 'stopped', 'stoppedCode', 'stoppedAt', 'succeededAt', 'cap', 'cappedAt', 'cappedUntil'];
  const [row, unresolved] = await Promise.all([
    keys.redis.hmget(laneKey(keys, kind), ...fields),
    kind === 'deletion' ? readUnresolved(keys) : undefined,
  ]);
  const [off, message, code, since, succeeded, ...cap] = row;
  if (typeof off === 'string') {
    const { reason, by, since } = parseHandStop(off);
    return { code: stoppedByHand, message: by === undefined ? reason : `${reason} (${by})`, since };
  }
  // A call that succeeded since, with whatever credentials: the lane goes on.
  if (typeof message === 'string' && Number(succeeded ?? 0) < Number(since)) {
    return { code: code ?? '', message, since: isoTime(since ?? undefined) };
  }
  return unresolved ?? capStop(cap);
}

/** The day's cap of deletions is reached, until the day is over. */
function capStop([cap, since, until]: (string | null)[]): LaneStop | undefined {
  if (typeof cap !== 'string' || typeof since !== 'string' || Number(until) <= Date.now()) return undefined;
  const message = `today's deletions have reached the limit of ${Number(cap).toLocaleString('en')} sessions a day (UTC) that is set for this consumer`;
  return { code: cappedForToday, message, since: isoTime(since), until: isoTime(until ?? undefined) };
}
