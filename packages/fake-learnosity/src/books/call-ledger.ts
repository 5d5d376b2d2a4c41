import type { QuotaInForce } from '../quota/quotas.ts';
import { SlidingWindow } from '../quota/sliding-window.ts';

/** What the books keep of one consumer's calls to one endpoint, and the quota that is kept with it. */
export class CallLedger {
  readonly quota: QuotaInForce;
  received = 0;
  counted = 0;
  accepted = 0;
  items = 0;
  refused429 = 0;
  readonly refused = new Map<string, number>();
  lost = 0;
  spoilt = 0;
  abandoned = 0;
  misrouted = 0;
  firstArrival: number | null = null;
  lastArrival: number | null = null;
  readonly #receivedWindow: SlidingWindow;
  readonly #countedWindow: SlidingWindow;
  readonly #refusedWindow: SlidingWindow;

  constructor(quota: QuotaInForce) {
    this.quota = quota;
    this.#receivedWindow = new SlidingWindow(quota.windowMs);
    this.#countedWindow = new SlidingWindow(quota.windowMs);
    this.#refusedWindow = new SlidingWindow(quota.windowMs);
  }

  receive(at: number, horizon: number): void {
    this.received += 1;
    this.firstArrival = Math.min(this.firstArrival ?? at, at);
    this.lastArrival = Math.max(this.lastArrival ?? at, at);
    this.#receivedWindow.add(at, horizon);
  }

  /** Whether one more call at `at` would bring any window over the quota. */
  isOverQuota(at: number): boolean {
    return this.quota.calls !== null && this.#countedWindow.crowdAt(at) > this.quota.calls;
  }

  /** The call takes a place in the quota, whatever it is answered. */
  count(at: number, horizon: number): void {
    this.counted += 1;
    this.#countedWindow.add(at, horizon);
  }

  /** The call is answered 429. It takes no place in the quota. */
  refuse429(at: number, horizon: number): void {
    this.refused429 += 1;
    this.#refusedWindow.add(at, horizon);
  }

  refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  get mostInWindow(): { received: number; counted: number; refused429: number } {
    return {
      received: this.#receivedWindow.most,
      counted: this.#countedWindow.most,
      refused429: this.#refusedWindow.most,
    };
  }
}
