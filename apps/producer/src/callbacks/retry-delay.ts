export interface RetryTimes {
  firstMs: number;
  mostMs: number;
}

/** From 5 s, doubling, to an hour; the number of attempts stands in the job. */
export const retryTimes: RetryTimes = { firstMs: 5_000, mostMs: 3_600_000 };

/** How long to wait after so many attempts, scattered a little. A receiver may ask for more, up to the most. */
export function retryDelayMs({ firstMs, mostMs }: RetryTimes, attempts: number, askedMs = 0): number {
  const own = Math.min(firstMs * 2 ** Math.min(attempts - 1, 30), mostMs) * (0.75 + Math.random() / 4);
  return Math.round(Math.max(own, Math.min(askedMs, mostMs)));
}

/** What a `Retry-After` header asks for, in ms: seconds, or a date. */
export function readRetryAfter(text: string | undefined, now = Date.now()): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
