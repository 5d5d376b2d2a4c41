import { fieldsOf } from '../lanes/batch.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { lateMs, type QuotaLimits } from '../lanes/lane.ts';
import type { SessionFilter } from '../learnosity/session-filter.ts';
import type { ScriptArgument } from '../redis/script.ts';
import { maxPackedBytes, packSessionId } from '../requests/packing.ts';
import { maxItemsPerRequest } from '../requests/request.ts';
import { selectionScript } from './selection-script.ts';
import type { WalkPosition } from './walk-sessions.ts';

const takeWalkScript = selectionScript('take-walk');
const takeSlotScript = selectionScript('take-page-slot');
const freeSlotScript = selectionScript('free-page-slot');
const recordScript = selectionScript('record-page');
const endScript = selectionScript('end-walk');
const putOffScript = selectionScript('put-off-walk');

/** How long a walk is a worker's own from one sign to the next; then another takes it up, where it was. */
const leaseMs = 30_000;

/** A selection whose pages are to be read, by whoever holds its token. */
export interface Walk {
  id: string;
  token: string;
  filter: SessionFilter;
  /** Where it goes on; from the beginning when absent. */
  from: WalkPosition | undefined;
  /** The metadata of each session is to be kept. */
  keepMetadata: boolean;
  /** Failures since its last page. */
  failures: number;
}

export type WalkClaim = { is: 'walk'; walk: Walk } | { is: 'empty'; ms: number | undefined };

/** Takes up the walk that has waited for longest. */
export async function takeWalk(keys: ConsumerKeys, token: string): Promise<WalkClaim> {
  const reply = await takeWalkScript.run(keys.redis, [keys.base], [token, leaseMs]);
  const [is, what, row]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is !== 'walk') return { is: 'empty', ms: Number(what) < 0 ? undefined : Number(what) };
  const { filter = '{}', next, pages, shown, failures = '0', keepMetadata } = fieldsOf(row);
  const from = next === undefined ? undefined : { next, pages: Number(pages), sessions: Number(shown) };
  return {
    is: 'walk',
    walk: {
      id: String(what),
      token,
      filter: JSON.parse(filter) as SessionFilter,
      from,
      keepMetadata: keepMetadata === '1',
      failures: Number(failures),
    },
  };
}

export type PageSlot = { is: 'slot' } | { is: 'wait'; ms: number } | { is: 'lost' };

/** Takes a slot of the metadata endpoint for one page. */
export async function takePageSlot(
  keys: ConsumerKeys,
  { id, token }: Walk,
  slot: string,
  { quota, deadlineMs }: { quota: QuotaLimits; deadlineMs: number },
): Promise<PageSlot> {
  const callMs = deadlineMs + lateMs;
  const args = [id, token, slot, quota.calls, quota.windowMs, callMs + quota.windowMs, callMs];
  const reply = await takeSlotScript.run(keys.redis, [keys.base], args);
  const [is, ms]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is === 'slot') return { is };
  return is === 'wait' ? { is, ms: Number(ms) } : { is: 'lost' };
}

/** Frees the slot of a page whose headers came so many ms ago, or that may still arrive. */
export async function freePageSlot(
  keys: ConsumerKeys,
  slot: string,
  end: { msSinceHeaders: number | undefined; overQuota?: boolean },
  { windowMs }: QuotaLimits,
): Promise<void> {
  const how = end.msSinceHeaders === undefined ? 'late' : 'anchor';
  const args = [slot, how, end.msSinceHeaders ?? lateMs, windowMs, end.overQuota === true ? 1 : 0];
  await freeSlotScript.run(keys.redis, [keys.base], args);
}

export type PageRecorded = 'recorded' | 'lost' | 'memory_short' | 'full';

/** Keeps the sessions of a page, those that are new, with their metadata where it is given, and where the walk goes on. */
export async function recordPage(
  keys: ConsumerKeys,
  { id, token }: Walk,
  { next, pages, sessions }: WalkPosition,
  newIds: readonly string[],
  metadata?: Buffer,
): Promise<PageRecorded> {
  const args: ScriptArgument[] = [id, token, pages, sessions, next, leaseMs, maxItemsPerRequest, metadata ?? ''];
  const reply = await recordScript.run(keys.redis, [keys.base], [...args, ...newIds.map(packed)]);
  const [is]: unknown[] = Array.isArray(reply) ? reply : [];
  return is === 'recorded' || is === 'memory_short' || is === 'full' ? is : 'lost';
}

function packed(id: string): Buffer {
  const room = Buffer.alloc(maxPackedBytes);
  return room.subarray(0, packSessionId(id, room, 0));
}

/** What a walk has come to. */
export type WalkEnd =
  | { state: 'ready'; count: number; digest: string }
  | { state: 'failed'; code: string; message: string };

/** `false` when somebody else has the walk by now. */
export async function endWalk(
  keys: ConsumerKeys,
  { id, token }: Walk,
  end: WalkEnd,
  retentionMs: number,
): Promise<boolean> {
  const told = end.state === 'ready' ? [end.count, end.digest, ''] : ['', end.code, end.message];
  const reply = await endScript.run(keys.redis, [keys.base], [id, token, end.state, ...told, retentionMs]);
  return reply === 1;
}

/** Lets a walk rest for so long, because of what is said; without a reason it is given back. */
export async function putOffWalk(
  keys: ConsumerKeys,
  { id, token }: Walk,
  ms: number,
  why?: { code: string; message: string },
): Promise<void> {
  await putOffScript.run(keys.redis, [keys.base], [id, token, Math.round(ms), why?.code ?? '', why?.message ?? '']);
}
