import { fieldsOf } from '../lanes/batch.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { type PageLimits, type PageSlot, pageLimitArguments, pageSlotOf } from '../lanes/page-slot.ts';
import type { SessionFilter } from '../learnosity/session-filter.ts';
import { packedSessionId } from '../requests/packing.ts';
import { positionOf, type WalkPosition } from '../selections/walk-sessions.ts';
import { holdScript } from './hold-script.ts';

const takeScript = holdScript('take-hold');
const slotScript = holdScript('take-hold-slot');
const pageScript = holdScript('hold-page');
const endScript = holdScript('end-hold');

/** How long a hold is a worker's own from one page to the next; then another takes it up. */
const leaseMs = 30_000;
/** How long a walk that was cut short may be gone on with: longer than any rest after a failed page. */
const resumableMs = 10 * 60_000;
/** Most sessions of one script call. */
const mostAtOnce = 1_000;

/** A hold on a user or an activity whose sessions are to be found, by whoever holds its token. */
export interface HoldToResolve {
  id: string;
  token: string;
  filter: SessionFilter;
  /** The moment as of which it is resolved, once all of its sessions are found: when its walk began. */
  asOf: string;
  /** Where that goes on; from the beginning when absent. */
  from: WalkPosition | undefined;
  failures: number;
}

/** Takes up the hold that was resolved longest ago, where one is wanted. */
export async function takeHold(keys: ConsumerKeys, token: string): Promise<HoldToResolve | { ms: number | undefined }> {
  const reply = await takeScript.run(keys.redis, [keys.base], [token, leaseMs, resumableMs]);
  const [is, what, asOf, failures, row]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is !== 'hold') return { ms: Number(what) < 0 ? undefined : Number(what) };
  const { on, subject = '', next, pages, shown } = fieldsOf(row);
  const from = positionOf(next, pages, shown);
  const filter = on === 'user' ? { userIds: [subject] } : { activityIds: [subject] };
  return { id: String(what), token, filter, asOf: String(asOf), from, failures: Number(failures) };
}

/** Takes a slot of the metadata endpoint for one page; `freePageSlot` frees it. */
export async function takeHoldSlot(
  keys: ConsumerKeys,
  { id, token }: HoldToResolve,
  slot: string,
  limits: PageLimits,
): Promise<PageSlot> {
  const args = [id, token, slot, ...pageLimitArguments(limits)];
  return pageSlotOf(await slotScript.run(keys.redis, [keys.base], args));
}

/** Keeps the sessions of a page, and where the walk goes on behind it; `false` when somebody else has the hold, or it is lifted. */
export async function holdPage(
  keys: ConsumerKeys,
  { id, token }: HoldToResolve,
  sessionIds: readonly string[],
  { next, pages, sessions }: WalkPosition,
): Promise<boolean> {
  for (let from = 0; from < sessionIds.length; from += mostAtOnce) {
    // Not before the last of them: who goes on from there passes over what was not kept.
    const isLast = from + mostAtOnce >= sessionIds.length;
    const args = [
      id,
      token,
      isLast ? next : '',
      pages,
      sessions,
      ...sessionIds.slice(from, from + mostAtOnce).map(packedSessionId),
    ];
    if ((await pageScript.run(keys.redis, [keys.base], args)) !== 1) return false;
  }
  return true;
}

/** All of its sessions are known, as of when it was taken up. */
export async function endHold(keys: ConsumerKeys, { id, token, asOf }: HoldToResolve): Promise<void> {
  await endScript.run(keys.redis, [keys.base], [id, token, asOf, 0, '', '', '']);
}

/** Lets it rest for so long, because of what is said; with `isAnew` its walk begins with the first page then. */
export async function putOffHold(
  keys: ConsumerKeys,
  { id, token }: HoldToResolve,
  ms: number,
  { code, message, isAnew = false }: { code: string; message: string; isAnew?: boolean },
): Promise<void> {
  await endScript.run(keys.redis, [keys.base], [id, token, '', Math.round(ms), code, message, isAnew ? '1' : '']);
}
