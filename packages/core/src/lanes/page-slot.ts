import { lateMs, type QuotaLimits } from './lane.ts';

/** Within what a page of metadata is asked for: the endpoint's quota, and how long a call may take. */
export interface PageLimits {
  quota: QuotaLimits;
  deadlineMs: number;
}

/** What asking for a slot of one page comes to; `lost` where what the page is for is somebody else's by now, or over. */
export type PageSlot = { is: 'slot' } | { is: 'wait'; ms: number } | { is: 'lost' };

/** What each script that takes such a slot is told: calls, window, guard, and a lease that covers the deadline and a late arrival. */
export function pageLimitArguments({ quota, deadlineMs }: PageLimits): number[] {
  const callMs = deadlineMs + lateMs;
  return [quota.calls, quota.windowMs, callMs + quota.windowMs, callMs];
}

/** What such a script answers. */
export function pageSlotOf(reply: unknown): PageSlot {
  const [is, ms]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is === 'slot') return { is };
  return is === 'wait' ? { is, ms: Number(ms) } : { is: 'lost' };
}
