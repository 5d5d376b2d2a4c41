import {
  defaultQuotas,
  fixedBodyBytes,
  formEncodedBytes,
  type Kind,
  maxBodyBytes,
  maxItemsPerCall,
} from '@session-queue/core';

/** Counts the calls that items will take when nothing else is in their lane: at most 50 in each, and 4 MB of body. */
export class CallPlan {
  readonly #kind: Kind;
  #items = 0;
  #bytes = 0;
  #calls = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  get calls(): number {
    return this.#calls;
  }

  add(item: string): void {
    // Fifty session ids of any length stay far below the limit.
    const bytes = this.#kind === 'deletion' ? 0 : formEncodedBytes(item);
    const isFull = this.#items === maxItemsPerCall || this.#bytes + bytes > maxBodyBytes - fixedBodyBytes;
    if (this.#calls === 0 || (this.#items > 0 && isFull)) {
      this.#calls += 1;
      this.#items = 0;
      this.#bytes = 0;
    }
    this.#items += 1;
    this.#bytes += bytes;
  }
}

/** How long calls take at the quota that Learnosity publishes, in seconds: the first window's go at once. */
export function secondsAtQuota(kind: Kind, calls: number): number {
  const quota = defaultQuotas[kind];
  return Math.floor(Math.max(0, calls - 1) / quota.calls) * (quota.windowMs / 1_000);
}

/** `5 calls in any 5 s` */
export function quotaInWords(kind: Kind): string {
  const { calls, windowMs } = defaultQuotas[kind];
  return `${calls} calls in any ${windowMs / 1_000} s`;
}
