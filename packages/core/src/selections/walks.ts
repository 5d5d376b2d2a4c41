import { fieldsOf } from '../lanes/batch.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { lateMs, type QuotaLimits } from '../lanes/lane.ts';
import { type PageLimits, type PageSlot, pageLimitArguments, pageSlotOf } from '../lanes/page-slot.ts';
import type { SessionFilter } from '../learnosity/session-filter.ts';
import type { ScriptArgument } from '../redis/script.ts';
import { maxPackedBytes, packSessionId } from '../requests/packing.ts';
import { maxItemsPerRequest } from '../requests/request.ts';
import type { Breakdown } from './breakdown.ts';
import type { Division } from './breakdown-shares.ts';
import { selectionScript } from './selection-script.ts';
import { positionOf, type WalkPosition } from './walk-sessions.ts';

const takeWalkScript = selectionScript('take-walk');
const takeSlotScript = selectionScript('take-page-slot');
const freeSlotScript = selectionScript('free-page-slot');
const recordScript = selectionScript('record-page');
const endScript = selectionScript('end-walk');
const putOffScript = selectionScript('put-off-walk');

/** How long a walk is a worker's own from one sign to the next, unless it says otherwise; then another takes it up, where it was. */
const defaultLeaseMs = 30_000;

/** A selection whose pages are to be read, by whoever holds its token. */
export interface Walk {
  id: string;
  token: string;
  filter: SessionFilter;
  /** What its sessions are to be told apart by, value by value, once its own walk is over. */
  breakdown: Breakdown | undefined;
  /** The number of the value whose walk is under way; `undefined` while its own is. */
  part: number | undefined;
  /** Where that goes on; from the beginning when absent. */
  from: WalkPosition | undefined;
  /** The metadata of each session is to be kept. */
  keepMetadata: boolean;
  /** Failures since its last page. */
  failures: number;
  /** How long it is its taker's own from one sign to the next. */
  leaseMs: number;
}

export type WalkClaim = { is: 'walk'; walk: Walk } | { is: 'empty'; ms: number | undefined };

/** Takes up the walk that has waited for longest. */
export async function takeWalk(keys: ConsumerKeys, token: string, leaseMs = defaultLeaseMs): Promise<WalkClaim> {
  const reply = await takeWalkScript.run(keys.redis, [keys.base], [token, leaseMs]);
  const [is, what, row]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is !== 'walk') return { is: 'empty', ms: Number(what) < 0 ? undefined : Number(what) };
  const record = fieldsOf(row);
  const { filter = '{}', failures = '0', keepMetadata, breakdown, part } = record;
  const { next, pages, shown, partNext, partPages, partShown } = record;
  return {
    is: 'walk',
    walk: {
      id: String(what),
      token,
      filter: JSON.parse(filter) as SessionFilter,
      breakdown: breakdown === undefined ? undefined : (JSON.parse(breakdown) as Breakdown),
      part: part === undefined ? undefined : Number(part),
      from: part === undefined ? positionOf(next, pages, shown) : positionOf(partNext, partPages, partShown),
      keepMetadata: keepMetadata === '1',
      failures: Number(failures),
      leaseMs,
    },
  };
}

/** Takes a slot of the metadata endpoint for one page. */
export async function takePageSlot(
  keys: ConsumerKeys,
  { id, token }: Walk,
  slot: string,
  limits: PageLimits,
): Promise<PageSlot> {
  const args = [id, token, slot, ...pageLimitArguments(limits)];
  return pageSlotOf(await takeSlotScript.run(keys.redis, [keys.base], args));
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
  { id, token, leaseMs }: Walk,
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
  | { state: 'ready'; count: number; digest: string; division?: Division }
  | { state: 'failed'; code: string; message: string };

/** `false` when somebody else has the walk by now. */
export async function endWalk(
  keys: ConsumerKeys,
  { id, token }: Walk,
  end: WalkEnd,
  retentionMs: number,
): Promise<boolean> {
  const told = end.state === 'ready' ? [end.count, end.digest, ''] : ['', end.code, end.message];
  const args = [id, token, end.state, ...told, retentionMs, ...(end.state === 'ready' ? partFields(end) : [])];
  return (await endScript.run(keys.redis, [keys.base], args)) === 1;
}

function partFields({ division }: Extract<WalkEnd, { state: 'ready' }>): ScriptArgument[] {
  if (division === undefined) return [];
  const { shares, other } = division;
  const fields = shares.flatMap((share, part) =>
    share === undefined ? [] : [`${part}:in`, share.count, `${part}:digest`, share.digest],
  );
  return other === undefined ? fields : [...fields, 'other', other];
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
